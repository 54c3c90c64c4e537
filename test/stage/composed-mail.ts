import { randomUUID } from "node:crypto";

/** In everything that a reporter writes; nothing that leaves by mail may hold it. */
export const marker = "Zk9Planted";

export interface MailDraft {
  readonly from?: string | undefined;
  readonly subject?: string;
  readonly text?: string;
  readonly messageId?: string;
  /** Further header fields, whole lines. */
  readonly fields?: readonly string[];
  readonly attachments?: readonly {
    readonly name: string;
    readonly bytes: Buffer;
    /** `binary` writes the bytes as they are: what is large stays under the size that a mail may have. */
    readonly encoding?: "base64" | "binary";
  }[];
}

/** A sender that nobody else has: what is counted by sender starts afresh. */
export const newSender = (): string => `r${randomUUID().slice(0, 8)}@lab.example`;

/** A mail by hand (RFC 5322), so that nothing of the product makes what it is tested with. */
export function compose(draft: MailDraft = {}): Buffer {
  const { from = newSender(), subject = `${marker} overflow`, text = `${marker} text ${randomUUID()}` } = draft;
  const { messageId = `${randomUUID()}@lab.example`, fields = [], attachments = [] } = draft;
  const header = [
    ...fields,
    ...(from === "" ? [] : [`From: Riva Reporter <${from}>`]),
    "To: security@somewhere.example",
    `Subject: ${subject}`,
    "Date: Wed, 18 Nov 2026 10:00:00 +0000",
    ...(messageId === "" ? [] : [`Message-ID: <${messageId}>`]),
    "MIME-Version: 1.0",
  ];
  if (attachments.length === 0) return lines(...header, "Content-Type: text/plain; charset=utf-8", "", text, "");
  const edge = "edge-of-the-parts";
  const top = lines(
    ...header,
    `Content-Type: multipart/mixed; boundary="${edge}"`,
    "",
    `--${edge}`,
    "Content-Type: text/plain; charset=utf-8",
    "",
    text,
    "",
  );
  const parts = attachments.flatMap(({ name, bytes, encoding = "base64" }) => [
    lines(
      `--${edge}`,
      `Content-Type: application/octet-stream; name="${name}"`,
      `Content-Disposition: attachment; filename="${name}"`,
      `Content-Transfer-Encoding: ${encoding}`,
      "",
      "",
    ),
    encoding === "binary" ? bytes : Buffer.from(bytes.toString("base64").replace(/.{76}/g, "$&\r\n")),
    Buffer.from("\r\n"),
  ]);
  return Buffer.concat([top, ...parts, lines(`--${edge}--`, "")]);
}

const lines = (...all: readonly string[]): Buffer => Buffer.from(all.join("\r\n"));
