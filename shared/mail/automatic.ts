import { removeComments } from "./comments.ts";
import type { Mail } from "./message.ts";
import { looksOutOfOffice } from "./out-of-office.ts";
import type { Part } from "./structure.ts";
import type { Verdicts } from "./verdicts.ts";

/** Put on all that we send, so that we know our own mail when it comes back. */
export const LOOP_HEADER = "X-Candor-Loop";

export interface Arrival {
  readonly mail: Mail;
  /** MAIL FROM; empty or `<>` for the null sender. */
  readonly envelopeFrom: string;
  readonly verdicts: Pick<Verdicts, "dmarc" | "spam" | "virus">;
  /** Our own addresses: an entry that begins with `@` stands for a whole domain and its subdomains. */
  readonly ownAddresses: readonly string[];
}

type MailKind = "message" | "auto-reply" | "bounce" | "list";

interface Nature {
  readonly kind: MailKind;
  /** Whether an automatic answer may be sent at all (RFC 3834 §2). */
  readonly mayAnswer: boolean;
  /** Why not: a stable code. */
  readonly reason?: string;
}

interface Rule {
  readonly reason: string;
  /** What the sign makes of the message; where absent it only withholds the answer. */
  readonly kind?: MailKind;
  readonly applies: (arrival: Arrival) => boolean;
}

/** Signs of automatic mail, in order: the first that applies with a kind gives the kind, the first of all gives the reason. */
const rules: readonly Rule[] = [
  { reason: "delivery-report", kind: "bounce", applies: ({ mail }) => isDeliveryReport(mail) },
  { reason: "own-loop-header", kind: "auto-reply", applies: ({ mail }) => mail.header(LOOP_HEADER) !== undefined },
  { reason: "report", kind: "auto-reply", applies: ({ mail }) => mail.structure.mediaType === "multipart/report" },
  {
    reason: "mailer-daemon",
    kind: "bounce",
    applies: isFromDaemon,
  },
  {
    reason: "list",
    kind: "list",
    applies: ({ mail }) => mail.structure.fields.some((field) => /^(?:list-|mailing-list$)/i.test(field.name)),
  },
  {
    reason: "auto-submitted",
    kind: "auto-reply",
    applies: ({ mail }) => mail.headers("auto-submitted").some((value) => keyword(value) !== "no"),
  },
  { reason: "auto-response-header", kind: "auto-reply", applies: ({ mail }) => hasAutoResponseHeader(mail) },
  { reason: "precedence", kind: "auto-reply", applies: ({ mail }) => precedence(mail, "auto_reply", "auto-reply") },
  { reason: "precedence", kind: "list", applies: ({ mail }) => precedence(mail, "bulk", "list", "junk") },
  { reason: "calendar-reply", kind: "auto-reply", applies: ({ mail }) => someLeaf(mail.structure, isCalendarReply) },
  { reason: "null-sender", kind: "auto-reply", applies: hasNullSender },
  { reason: "out-of-office-subject", applies: ({ mail }) => looksOutOfOffice(mail.subject) },
  {
    reason: "asks-for-no-answer",
    applies: ({ mail }) =>
      mail.headers("x-auto-response-suppress").some((value) => /\b(?:all|autoreply|oof)\b/i.test(value)),
  },
  {
    reason: "own-address",
    applies: (arrival) => senders(arrival).some((address) => isOwn(address, arrival.ownAddresses)),
  },
  { reason: "virus", applies: ({ verdicts }) => verdicts.virus === "FAIL" },
  { reason: "spam", applies: ({ verdicts }) => verdicts.spam === "FAIL" },
  { reason: "forged-sender", applies: ({ verdicts }) => verdicts.dmarc === "FAIL" },
  { reason: "no-address", applies: ({ mail }) => mail.from === undefined || !mail.from.address.includes("@") },
];

/**
 * Tells mail that a person wrote from automatic mail (RFC 3834, and the signs in use beside it), and whether it may be answered by
 * a machine. It errs towards silence: what is not answered is stored and shown all the same.
 */
export function automatic(arrival: Arrival): Nature {
  const found = rules.filter((rule) => rule.applies(arrival));
  const kind = found.find((rule) => rule.kind !== undefined)?.kind ?? "message";
  const [first] = found;
  return first === undefined ? { kind, mayAnswer: true } : { kind, mayAnswer: false, reason: first.reason };
}

function isDeliveryReport({ structure }: Mail): boolean {
  if (
    structure.mediaType === "multipart/report" &&
    structure.parameters.get("report-type")?.toLowerCase() === "delivery-status"
  )
    return true;
  return structure.children.some((part) => /^message\/(?:global-)?delivery-status$/.test(part.mediaType));
}

/** Receipts name the null sender as nothing or as `<>`. */
function hasNullSender({ envelopeFrom }: Arrival): boolean {
  return /^\s*(?:<\s*>)?\s*$/.test(envelopeFrom);
}

/** Where mail says it comes from: envelope sender, From, Sender. Lower case. */
function senders({ mail, envelopeFrom }: Arrival): string[] {
  const addresses = [envelopeFrom, mail.from?.address, mail.sender?.address];
  return addresses
    .flatMap((address) => (address === undefined ? [] : [address.trim().toLowerCase()]))
    .filter((address) => address !== "");
}

/** A person may sit behind postmaster@, so that is a bounce only with the null sender. */
function isFromDaemon(arrival: Arrival): boolean {
  const daemons = hasNullSender(arrival) ? /^(?:mailer-daemon|postmaster)(?:@|$)/ : /^mailer-daemon(?:@|$)/;
  return senders(arrival).some((address) => daemons.test(address));
}

function hasAutoResponseHeader(mail: Mail): boolean {
  return ["x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from", "x-mail-autoreply"].some(
    (name) => mail.header(name) !== undefined,
  );
}

function precedence(mail: Mail, ...values: string[]): boolean {
  return mail.headers("precedence").some((value) => values.includes(keyword(value)));
}

/** The first word of a value, without comments and parameters: `auto-replied (vacation)` is `auto-replied`. */
function keyword(value: string): string {
  return (removeComments(value).split(";")[0] ?? "").trim().toLowerCase();
}

function isCalendarReply(part: Part): boolean {
  return part.mediaType === "text/calendar" && part.parameters.get("method")?.toLowerCase() === "reply";
}

function someLeaf(part: Part, holds: (part: Part) => boolean): boolean {
  return part.children.length === 0 ? holds(part) : part.children.some((child) => someLeaf(child, holds));
}

function isOwn(address: string, own: readonly string[]): boolean {
  const domain = address.split("@").at(-1) ?? "";
  return own.some((entry) => {
    const known = entry.toLowerCase();
    if (!known.startsWith("@")) return known === address;
    return domain === known.slice(1) || domain.endsWith(`.${known.slice(1)}`);
  });
}
