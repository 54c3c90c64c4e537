import { constants, createHash, type KeyObject, privateEncrypt, publicDecrypt } from "node:crypto";
import type { Random } from "./key-spec.ts";

// node:crypto hashes what it signs with PSS, so a digest made elsewhere needs the encoding of RFC 8017 §9.1, here with SHA-256,
// MGF1 with SHA-256 and a salt as long as the hash (what KMS uses).
const hashLength = 32;
const trailer = 0xbc;
const padding = constants.RSA_NO_PADDING;

/** An RSASSA-PSS signature over a SHA-256 digest (RFC 8017 §8.1.1). The modulus has a whole number of bytes. */
export function signPssDigest(privateKey: KeyObject, digest: Uint8Array, random: Random): Buffer {
  const salt = random(hashLength);
  const hash = saltedHash(digest, salt);
  const length = modulusBytes(privateKey);
  const block = Buffer.alloc(length - hashLength - 1 - salt.length - 1);
  const masked = mask(Buffer.concat([block, Uint8Array.of(1), salt]), hash);
  return privateEncrypt({ key: privateKey, padding }, Buffer.concat([masked, hash, Uint8Array.of(trailer)]));
}

/** Whether this is an RSASSA-PSS signature over the digest (RFC 8017 §8.1.2). */
export function verifyPssDigest(publicKey: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== modulusBytes(publicKey)) return false;
  let encoded: Buffer;
  try {
    encoded = publicDecrypt({ key: publicKey, padding }, signature);
  } catch {
    return false; // a number that is not below the modulus
  }
  const hash = encoded.subarray(-hashLength - 1, -1);
  const masked = encoded.subarray(0, -hashLength - 1);
  const topBit = 0x80;
  if (encoded.at(-1) !== trailer || ((masked[0] ?? topBit) & topBit) !== 0) return false;
  const block = mask(masked, hash);
  const salt = block.subarray(-hashLength);
  const zeros = block.subarray(0, -hashLength - 1);
  const wellFormed = zeros.every((byte) => byte === 0) && block.at(-hashLength - 1) === 1;
  return wellFormed && hash.equals(saltedHash(digest, salt));
}

function saltedHash(digest: Uint8Array, salt: Uint8Array): Buffer {
  return createHash("sha256").update(Buffer.alloc(8)).update(digest).update(salt).digest();
}

/** XOR with MGF1 (RFC 8017 §B.2.1); the leftmost bit is cleared, since the encoding is one bit shorter than the modulus. */
function mask(block: Buffer, seed: Buffer): Buffer {
  const result = Buffer.alloc(block.length);
  const counter = Buffer.alloc(4);
  for (let offset = 0; offset < block.length; offset += hashLength) {
    counter.writeUInt32BE(offset / hashLength);
    const stream = createHash("sha256").update(seed).update(counter).digest();
    for (let i = 0; i < hashLength && offset + i < block.length; i++)
      result[offset + i] = (block[offset + i] ?? 0) ^ (stream[i] ?? 0);
  }
  result[0] = (result[0] ?? 0) & 0x7f;
  return result;
}

const modulusBytes = (key: KeyObject): number => (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
