import { createCipheriv, createHash } from "node:crypto";

/** In every subject, text, attachment and attachment's name that is mailed; nothing that leaves may hold it. */
export const marker = "Xq7Sealed";

export interface Attachment {
  readonly fileName: string;
  readonly bytes: Buffer;
  readonly encoding: "base64" | "quoted-printable" | "8bit";
}

export interface MailText {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly messageId: string;
  readonly text: string;
  readonly html?: "alone" | "beside text";
  /** Whole lines of further header fields. */
  readonly fields?: readonly string[];
  readonly attachments?: readonly Attachment[];
}

/** A mail as a mail program writes it (RFC 5322, RFC 2045), by hand, so that nothing of the product makes what it is tested with. */
export function composeMail(mail: MailText): Buffer {
  const { attachments = [] } = mail;
  const header = [
    ...(mail.fields ?? []),
    `From: A reporter <${mail.from}>`,
    `To: <${mail.to}>`,
    `Subject: ${mail.subject}`,
    "Date: Sat, 21 Nov 2026 09:00:00 +0100",
    `Message-ID: <${mail.messageId}>`,
    "MIME-Version: 1.0",
  ];
  const body = attachments.length === 0 ? textPart(mail) : mixed(textPart(mail), attachments, mail.messageId);
  return Buffer.concat([Buffer.from(`${header.join("\r\n")}\r\n`), body, Buffer.from("\r\n")]);
}

/** A delivery report of another mail server about `mail` (RFC 3464). */
export function composeBounce(mail: Omit<MailText, "text">): Buffer {
  const edge = `report-${mail.messageId}`;
  const lines = [
    `From: Mail delivery <${mail.from}>`,
    `To: <${mail.to}>`,
    `Subject: ${mail.subject}`,
    `Message-ID: <${mail.messageId}>`,
    "MIME-Version: 1.0",
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${edge}"`,
    "",
    `--${edge}`,
    "Content-Type: text/plain",
    "",
    `${marker} your message could not be delivered.`,
    `--${edge}`,
    "Content-Type: message/delivery-status",
    "",
    "Reporting-MTA: dns; mx.example",
    "",
    "Final-Recipient: rfc822; nobody@lab.example",
    "Action: failed",
    "Status: 5.1.1",
    "",
    `--${edge}--`,
    "",
  ];
  return Buffer.from(lines.join("\r\n"));
}

/** Bytes without a pattern, the same for the same name. */
export function noise(name: string, length: number): Buffer {
  const key = createHash("sha256").update(name).digest().subarray(0, 16);
  return createCipheriv("aes-128-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

function textPart({ text, html }: MailText): Buffer {
  const plain = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", text].join("\r\n");
  if (html === undefined) return Buffer.from(plain);
  const markup = `<html><body><p>${text.split("\r\n").join("<br>\r\n")}</p></body></html>`;
  const page = ["Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", markup].join("\r\n");
  if (html === "alone") return Buffer.from(page);
  const edge = "either-or";
  const head = `Content-Type: multipart/alternative; boundary="${edge}"\r\n\r\n`;
  return Buffer.from(`${head}--${edge}\r\n${plain}\r\n--${edge}\r\n${page}\r\n--${edge}--`);
}

function mixed(text: Buffer, attachments: readonly Attachment[], name: string): Buffer {
  const edge = `parts-${name}`;
  const between = Buffer.from(`\r\n--${edge}\r\n`);
  const parts = [text, ...attachments.map(attachmentPart)].flatMap((part) => [between, part]);
  const head = Buffer.from(`Content-Type: multipart/mixed; boundary="${edge}"\r\n`);
  return Buffer.concat([head, ...parts, Buffer.from(`\r\n--${edge}--`)]);
}

function attachmentPart({ fileName, bytes, encoding }: Attachment): Buffer {
  const head = [
    "Content-Type: application/octet-stream",
    `Content-Transfer-Encoding: ${encoding}`,
    `Content-Disposition: attachment; filename="${fileName}"`,
    "",
    "",
  ].join("\r\n");
  return Buffer.concat([Buffer.from(head), encoded(bytes, encoding)]);
}

function encoded(bytes: Buffer, encoding: Attachment["encoding"]): Buffer {
  switch (encoding) {
    case "base64":
      return Buffer.from(bytes.toString("base64").replaceAll(/.{76}(?=.)/g, "$&\r\n"));
    case "quoted-printable":
      return Buffer.from(quotedPrintable(bytes));
    case "8bit":
      return bytes;
  }
}

/** RFC 2045 section 6.7 for bytes of any kind: line ends are written as `=0D=0A`. */
function quotedPrintable(bytes: Buffer): string {
  const written = Array.from(bytes, (byte) =>
    byte > 32 && byte < 127 && byte !== 61
      ? String.fromCharCode(byte)
      : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`,
  );
  let lines = "";
  let column = 0;
  for (const piece of written) {
    if (column + piece.length > 75) {
      lines += "=\r\n";
      column = 0;
    }
    lines += piece;
    column += piece.length;
  }
  return lines;
}
