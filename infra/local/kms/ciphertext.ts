import { createCipheriv, createDecipheriv } from "node:crypto";
import { KmsError } from "./errors.ts";
import { currentMaterial, type Key } from "./key.ts";
import { uuidText } from "./key-id.ts";
import type { Random } from "./key-spec.ts";

export type EncryptionContext = Readonly<Record<string, string>>;

// version (1) | key id (16) | material number (4) | nonce (12) | ciphertext | tag (16)
const version = 1;
const headLength = 21;
const nonceLength = 12;
const tagLength = 16;

/** Encrypts under the newest material with AES-256-GCM; head and encryption context are its additional data. */
export function seal(key: Key, plaintext: Uint8Array, context: EncryptionContext | undefined, random: Random): Buffer {
  const head = Buffer.alloc(headLength);
  head.writeUInt8(version);
  head.write(key.id.replaceAll("-", ""), 1, "hex");
  head.writeUInt32BE(key.materials.length - 1, 17);
  const nonce = random(nonceLength);
  const cipher = createCipheriv("aes-256-gcm", currentMaterial(key).key, nonce, { authTagLength: tagLength });
  cipher.setAAD(additionalData(head, context));
  return Buffer.concat([head, nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** The id of the key that a ciphertext says it was sealed with. @throws KmsError InvalidCiphertextException */
export function keyIdOf(ciphertext: Buffer): string {
  if (ciphertext.length < headLength + nonceLength + tagLength || ciphertext[0] !== version) throw invalid();
  return uuidText(ciphertext.subarray(1, 17));
}

/** Opens what `seal` made with this key and this context. @throws KmsError InvalidCiphertextException */
export function open(key: Key, ciphertext: Buffer, context: EncryptionContext | undefined): Buffer {
  const material = key.materials[ciphertext.readUInt32BE(17)];
  if (!material) throw invalid();
  const nonceEnd = headLength + nonceLength;
  const nonce = ciphertext.subarray(headLength, nonceEnd);
  const decipher = createDecipheriv("aes-256-gcm", material.key, nonce, { authTagLength: tagLength });
  decipher.setAAD(additionalData(ciphertext.subarray(0, headLength), context));
  decipher.setAuthTag(ciphertext.subarray(-tagLength));
  const plaintext = decipher.update(ciphertext.subarray(nonceEnd, -tagLength));
  try {
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    throw invalid();
  }
}

/** An absent context and an empty one are the same; the order of its entries means nothing. */
function additionalData(head: Buffer, context: EncryptionContext = {}): Buffer {
  const entries = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat([head, Buffer.from(JSON.stringify(entries))]);
}

const invalid = () =>
  new KmsError(
    "InvalidCiphertextException",
    "The ciphertext is damaged, or the encryption context is not the one it was sealed with.",
  );
