import { createHmac } from "node:crypto";

/** A tenant's key for recognising mail without keeping what it says: 32 bytes derived inside KMS, never stored. */
export type DigestKey = Uint8Array;

/** The label from which KMS derives the tenant's digest key. */
export const digestKeyLabel = (tenant: string): Uint8Array => Buffer.from(`candor mail digests v1|${tenant}`);

/**
 * A keyed digest of parts, in hex: HMAC-SHA-256 over the use and each part with its length before it. A plain digest would
 * let whoever reads the table confirm a guess.
 */
export function keyedDigest(key: DigestKey, use: string, ...parts: readonly (string | Uint8Array)[]): string {
  const hmac = createHmac("sha256", key);
  for (const part of [use, ...parts]) {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hmac.update(length).update(bytes);
  }
  return hmac.digest("hex");
}
