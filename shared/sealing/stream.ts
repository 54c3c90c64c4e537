import type { Binding } from "./binding.ts";
import { ByteReader, type ByteSource } from "./byte-reader.ts";
import { CannotOpen } from "./cannot-open.ts";
import { chunkCipher, openChunk, sealChunk } from "./stream-chunk.ts";
import {
  type ByteRange,
  CHUNK_SIZE,
  chunkCount,
  HEADER_LENGTH,
  newHeader,
  parseHeader,
  plainLength,
  type StreamHeader,
  sealedLength,
  sealedRange,
  TAG_LENGTH,
} from "./stream-layout.ts";

/**
 * Sealed objects of any length: STREAM (Hoang, Reyhanitabar, Rogaway, Vizar 2015, "Online Authenticated-Encryption and
 * its Nonce-Reuse Misuse-Resistance") over AES-256-GCM. See stream-layout.ts for the bytes. A key is 32 bytes and seals
 * one object: it is fresh, or derived for that object alone.
 */

/** Seals what `source` delivers, in two chunks of memory: yields the header, then each chunk. `prefix` is 7 random bytes. */
export async function* encryptStream(
  key: Uint8Array,
  binding: Binding,
  source: ByteSource,
  prefix: Uint8Array,
): AsyncGenerator<Uint8Array> {
  const header = newHeader(prefix);
  const cipher = chunkCipher(key, binding, header);
  const reader = new ByteReader(source);
  try {
    yield header.bytes;
    for (let index = 0, last = false; !last; index++) {
      const plaintext = await reader.read(CHUNK_SIZE);
      last = await reader.atEnd();
      const [ciphertext, tag] = sealChunk(cipher, { index, last }, plaintext);
      yield ciphertext;
      yield tag;
    }
  } finally {
    await reader.close();
  }
}

/** Seals what is in memory into one buffer of exactly the sealed length. `prefix` is 7 random bytes. */
export function encryptBytes(key: Uint8Array, binding: Binding, bytes: Uint8Array, prefix: Uint8Array): Buffer {
  const header = newHeader(prefix);
  const cipher = chunkCipher(key, binding, header);
  const sealed = Buffer.allocUnsafeSlow(sealedLength(bytes.length));
  sealed.set(header.bytes);
  const chunks = chunkCount(sealed.length);
  for (let index = 0, at = HEADER_LENGTH; index < chunks; index++) {
    const plaintext = bytes.subarray(index * CHUNK_SIZE, (index + 1) * CHUNK_SIZE);
    for (const part of sealChunk(cipher, { index, last: index === chunks - 1 }, plaintext)) {
      at += moveInto(sealed, part, at);
    }
  }
  return sealed;
}

/**
 * Opens a sealed object in two chunks of memory. Each yielded piece is proven, but only the end of the generator proves
 * that nothing is missing: drop what came before when it throws. Throws CannotOpen; errors of the source pass through.
 */
export async function* decryptStream(
  key: Uint8Array,
  binding: Binding,
  source: ByteSource,
): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(source);
  try {
    const header = parseHeader(await reader.read(HEADER_LENGTH));
    const cipher = chunkCipher(key, binding, header);
    for (let index = 0, last = false; !last; index++) {
      const sealed = await reader.read(header.chunkSize + TAG_LENGTH);
      last = await reader.atEnd();
      if (index > 0 && sealed.length <= TAG_LENGTH) throw new CannotOpen();
      yield openChunk(cipher, { index, last }, sealed);
    }
  } finally {
    await reader.close();
  }
}

/** Opens a sealed object that is in memory into one buffer. Throws CannotOpen, and gives nothing unless all is proven. */
export function decryptBytes(key: Uint8Array, binding: Binding, sealed: Uint8Array): Buffer {
  const header = parseHeader(sealed);
  const cipher = chunkCipher(key, binding, header);
  const plaintext = Buffer.allocUnsafeSlow(plainLength(sealed.length, header.chunkSize));
  const chunks = chunkCount(sealed.length, header.chunkSize);
  const step = header.chunkSize + TAG_LENGTH;
  for (let index = 0; index < chunks; index++) {
    const start = HEADER_LENGTH + index * step;
    const chunk = openChunk(cipher, { index, last: index === chunks - 1 }, sealed.subarray(start, start + step));
    moveInto(plaintext, chunk, index * header.chunkSize);
  }
  return plaintext;
}

/**
 * Opens the plaintext of `range` alone. `source` delivers the bytes that `sealedRange(range, sealed, header.chunkSize)`
 * names; `sealed` is the length of the whole sealed object. Each chunk is proven to be that chunk of that object; that
 * the length is true is proven where the range reaches the last chunk. Throws CannotOpen, and RangeError for a range
 * outside the plaintext.
 */
export async function* decryptRange(
  key: Uint8Array,
  binding: Binding,
  header: StreamHeader,
  sealed: number,
  range: ByteRange,
  source: ByteSource,
): AsyncGenerator<Uint8Array> {
  const { firstChunk, skip } = sealedRange(range, sealed, header.chunkSize);
  const cipher = chunkCipher(key, binding, header);
  const lastChunk = chunkCount(sealed, header.chunkSize) - 1;
  const reader = new ByteReader(source);
  try {
    for (let index = firstChunk, from = skip, left = range.to - range.from; left > 0; index++, from = 0) {
      const bytes = await reader.read(header.chunkSize + TAG_LENGTH);
      const piece = openChunk(cipher, { index, last: index === lastChunk }, bytes).subarray(from, from + left);
      left -= piece.length;
      yield piece;
    }
  } finally {
    await reader.close();
  }
}

/**
 * Copies `part` and gives its memory back now, not at some later collection: so one piece of scratch memory stays in the
 * processor's cache, where a 40 MB object would otherwise leave 40 MB of garbage. Returns the bytes copied.
 */
function moveInto(target: Buffer, part: Buffer<ArrayBuffer>, at: number): number {
  const { length } = part;
  target.set(part, at);
  // A part that shares its memory, as Node's pooled buffers do, is not ours to give back.
  if (part.buffer.byteLength === length) part.buffer.transfer(0);
  return length;
}
