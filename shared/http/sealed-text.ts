/** AES-256-GCM over small things, nonce first and tag last (NIST SP 800-38D). */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Random } from "#shared/report/identifier.ts";

const [nonceLength, tagLength] = [12, 16];

/** `bound` is what the sealed bytes open with, and is not in them. */
export function sealBytes(key: Uint8Array, bytes: Uint8Array, bound: string, random: Random): Uint8Array {
  const nonce = random(nonceLength);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(bound));
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** `undefined` for what was not sealed under this key for this purpose. */
export function openBytes(key: Uint8Array, sealed: Uint8Array, bound: string): Uint8Array | undefined {
  if (sealed.length < nonceLength + tagLength) return undefined;
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, nonceLength), { authTagLength: tagLength });
  decipher.setAAD(Buffer.from(bound)).setAuthTag(sealed.subarray(-tagLength));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(nonceLength, -tagLength)), decipher.final()]);
  } catch {
    return undefined;
  }
}
