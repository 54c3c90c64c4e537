import * as z from "zod";
import { Bytes } from "#shared/bytes.ts";
import { Instant } from "./report.ts";

export const MessageKind = z.enum(["message", "auto-reply", "bounce", "resend", "list"]);
export type MessageKind = z.infer<typeof MessageKind>;

const messageFlags = [
  "sender-unverified",
  "sender-failed",
  "not-reporter",
  "conflict",
  "not-scanned",
  "incomplete-reading",
] as const;
export const MessageFlag = z.enum(messageFlags);
export type MessageFlag = z.infer<typeof MessageFlag>;

/** Where sealed bytes are: in the item, or in the bucket where they would not fit. */
export const SealedPlace = z.union([
  z.strictObject({ inline: Bytes }),
  z.strictObject({ object: z.string(), bytes: z.int().min(0) }),
]);
export type SealedPlace = z.infer<typeof SealedPlace>;

/**
 * A message as it is kept. `sealedKey` opens with the conversation's private key; the content and the raw mail are encrypted
 * under keys derived from it by the labels `<id>/content` and `<id>/raw`.
 */
export const Message = z.object({
  id: z.string(),
  report: z.string(),
  conversation: z.string(),
  direction: z.enum(["in", "out", "note"]),
  kind: MessageKind,
  flags: z.array(MessageFlag),
  receivedAt: Instant,
  recordedAt: Instant,
  /** Attachments in it: what numbers them over the report without opening anything. */
  attachmentCount: z.int().min(0),
  sealedKey: Bytes,
  content: SealedPlace,
  /** The mail as it came, byte for byte; absent where none came. */
  raw: SealedPlace.optional(),
  /** The outbox item by which an outgoing message left. */
  outboxItem: z.string().optional(),
  version: z.int().min(1),
});
export type Message = z.infer<typeof Message>;

export const Mailbox = z.strictObject({ name: z.string(), address: z.string() });

/** An attachment is a range of the raw mail, still in its transfer encoding. */
export const AttachmentPlace = z.strictObject({
  fileName: z.string(),
  mediaType: z.string(),
  /** How the range is encoded in the raw mail. */
  encoding: z.enum(["identity", "base64", "quoted-printable", "uuencode"]),
  from: z.int().min(0),
  to: z.int().min(0),
  size: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  inline: z.boolean(),
});
export type AttachmentPlace = z.infer<typeof AttachmentPlace>;

/** What is sealed of a message. */
export const MessageContent = z.strictObject({
  from: Mailbox.optional(),
  to: z.array(Mailbox),
  cc: z.array(Mailbox),
  subject: z.string(),
  sentAt: z.string().optional(),
  messageId: z.string().optional(),
  text: z.string(),
  textFrom: z.enum(["plain", "html", "none"]),
  attachments: z.array(AttachmentPlace),
  problems: z.array(z.string()),
  /** The address by which an answer to this message comes back to its report. */
  replyAddress: z.string().optional(),
});
export type MessageContent = z.infer<typeof MessageContent>;

export const contentLabel = (message: string): string => `${message}/content`;
export const rawLabel = (message: string): string => `${message}/raw`;
