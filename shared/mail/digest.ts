import { createHash } from "node:crypto";
import type { Mail } from "./message.ts";

/** The body of a message as it came. With the Message-ID it tells a second copy of one mail from another mail under the same id. */
export function bodyBytes(mail: Mail, raw: Uint8Array): Uint8Array {
  return raw.subarray(mail.bodyFrom);
}

/**
 * What a message says, whatever carried it: SHA-256 over its text with white space evened out and the sorted digests of its
 * attachments. Equal for a resend, which has another Message-ID, date, boundary and encoding. The caller keys it (HMAC) before it is
 * stored: a plain digest would confirm a guess of the content.
 */
export function contentDigest(mail: Mail): Uint8Array {
  const hash = createHash("sha256");
  const text = mail.text.normalize("NFC").replace(/\s+/gu, " ").trim();
  hash.update(`text ${Buffer.byteLength(text)}\n`).update(text);
  for (const digest of mail.attachments.map((attachment) => attachment.sha256).toSorted())
    hash.update(`\nattachment ${digest}`);
  return hash.digest();
}
