import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from "node:crypto";
import { type Binding, encodeBinding } from "./binding.ts";
import { CannotOpen } from "./cannot-open.ts";
import { PREFIX_LENGTH, type StreamHeader, TAG_LENGTH } from "./stream-layout.ts";

const CONTEXT = "candor sealed object v1";
const KEY_LENGTH = 32;

/** What all chunks of one sealed object share. */
export interface ChunkCipher {
  readonly key: KeyObject;
  readonly additionalData: Uint8Array;
  readonly prefix: Uint8Array;
}

/** A chunk's place. It is in the nonce, so that no chunk opens in another's place. */
export interface ChunkPlace {
  readonly index: number;
  readonly last: boolean;
}

/** `key` is 32 bytes. The header and the binding are additional data of every chunk. */
export function chunkCipher(key: Uint8Array, binding: Binding, header: StreamHeader): ChunkCipher {
  if (key.length !== KEY_LENGTH) throw new RangeError(`A content key has ${KEY_LENGTH} bytes.`);
  return {
    key: createSecretKey(key),
    additionalData: Buffer.concat([header.bytes, encodeBinding(CONTEXT, binding)]),
    prefix: header.prefix,
  };
}

/** Ciphertext and tag of one chunk. */
export function sealChunk(
  cipher: ChunkCipher,
  place: ChunkPlace,
  plaintext: Uint8Array,
): [Buffer<ArrayBuffer>, Buffer<ArrayBuffer>] {
  const gcm = createCipheriv("aes-256-gcm", cipher.key, nonce(cipher, place)).setAAD(cipher.additionalData);
  const ciphertext = gcm.update(plaintext);
  gcm.final();
  return [ciphertext, gcm.getAuthTag()];
}

/** The plaintext of one chunk, once its tag is proven. Throws CannotOpen. */
export function openChunk(cipher: ChunkCipher, place: ChunkPlace, sealed: Uint8Array): Buffer<ArrayBuffer> {
  const length = sealed.length - TAG_LENGTH;
  if (length < 0) throw new CannotOpen();
  const gcm = createDecipheriv("aes-256-gcm", cipher.key, nonce(cipher, place), { authTagLength: TAG_LENGTH });
  gcm.setAAD(cipher.additionalData).setAuthTag(sealed.subarray(length));
  const plaintext = gcm.update(sealed.subarray(0, length));
  try {
    gcm.final();
  } catch {
    throw new CannotOpen();
  }
  return plaintext;
}

/** STREAM's nonce: 7 bytes prefix, chunk index (u32, big-endian), 1 for the last chunk and 0 for every other. */
function nonce({ prefix }: ChunkCipher, { index, last }: ChunkPlace): Buffer {
  const bytes = Buffer.allocUnsafe(12);
  bytes.set(prefix);
  bytes.writeUInt32BE(index, PREFIX_LENGTH);
  bytes[11] = last ? 1 : 0;
  return bytes;
}
