import { CannotOpen } from "./cannot-open.ts";

/**
 * Where things are in a sealed object.
 *
 * | offset | bytes | what |
 * | --- | --- | --- |
 * | 0 | 4 | `CSO1`: Candor sealed object, format 1 |
 * | 4 | 1 | algorithm: 1 is STREAM over AES-256-GCM |
 * | 5 | 1 | base-2 logarithm of the plaintext bytes in a chunk: 16 is written, 12 to 20 are read |
 * | 6 | 3 | zero |
 * | 9 | 7 | random nonce prefix |
 * | 16 | | chunks: ciphertext, then a tag of 16 bytes |
 *
 * Every chunk but the last holds exactly the chunk size. The last holds 1 byte to the chunk size, or nothing where the
 * whole plaintext is empty; so a plaintext has one length and one way to be cut.
 */
export interface StreamHeader {
  readonly bytes: Uint8Array;
  /** Plaintext bytes in every chunk but the last. */
  readonly chunkSize: number;
  readonly prefix: Uint8Array;
}

/** Positions `from` up to, but not including, `to`. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** Which bytes of a sealed object hold a range of its plaintext. */
export interface SealedRange extends ByteRange {
  /** Index of the chunk that starts at `from`. */
  readonly firstChunk: number;
  /** Plaintext bytes of that chunk that lie before the range. */
  readonly skip: number;
}

export const HEADER_LENGTH = 16;
export const PREFIX_LENGTH = 7;
export const TAG_LENGTH = 16;
export const CHUNK_SIZE = 65_536;

const MAGIC = Buffer.from("CSO1", "latin1");
const AES_256_GCM_STREAM = 1;
const SMALLEST_CHUNK_LOG2 = 12;
const LARGEST_CHUNK_LOG2 = 20;

/** The header that a new sealed object starts with. `prefix` is 7 random bytes. */
export function newHeader(prefix: Uint8Array): StreamHeader {
  if (prefix.length !== PREFIX_LENGTH) throw new RangeError(`A nonce prefix has ${PREFIX_LENGTH} bytes.`);
  const bytes = Buffer.alloc(HEADER_LENGTH);
  bytes.set(MAGIC);
  bytes[4] = AES_256_GCM_STREAM;
  bytes[5] = Math.log2(CHUNK_SIZE);
  bytes.set(prefix, HEADER_LENGTH - PREFIX_LENGTH);
  return parseHeader(bytes);
}

/** Reads the first 16 bytes of a sealed object. Throws CannotOpen when they are not such a header. */
export function parseHeader(start: Uint8Array): StreamHeader {
  // A copy: the caller's buffer may be reused while chunks are still being opened.
  const bytes = Buffer.from(start.subarray(0, HEADER_LENGTH));
  if (bytes.length < HEADER_LENGTH || !bytes.subarray(0, 4).equals(MAGIC)) throw new CannotOpen();
  const chunkLog2 = bytes.readUInt8(5);
  if (bytes[4] !== AES_256_GCM_STREAM || bytes.readUIntBE(6, 3) !== 0) throw new CannotOpen();
  if (chunkLog2 < SMALLEST_CHUNK_LOG2 || chunkLog2 > LARGEST_CHUNK_LOG2) throw new CannotOpen();
  return { bytes, chunkSize: 2 ** chunkLog2, prefix: bytes.subarray(HEADER_LENGTH - PREFIX_LENGTH) };
}

/** Bytes of the sealed object that `plain` bytes become. */
export function sealedLength(plain: number, chunkSize = CHUNK_SIZE): number {
  return HEADER_LENGTH + plain + TAG_LENGTH * Math.max(1, Math.ceil(plain / chunkSize));
}

/** Bytes of plaintext in a sealed object of `sealed` bytes. Throws CannotOpen for a length that no object has. */
export function plainLength(sealed: number, chunkSize = CHUNK_SIZE): number {
  const chunks = chunkCount(sealed, chunkSize);
  const plain = sealed - HEADER_LENGTH - TAG_LENGTH * chunks;
  if (plain < 0 || sealedLength(plain, chunkSize) !== sealed) throw new CannotOpen();
  return plain;
}

/** Number of chunks in a sealed object of `sealed` bytes. */
export function chunkCount(sealed: number, chunkSize = CHUNK_SIZE): number {
  return Math.ceil((sealed - HEADER_LENGTH) / (chunkSize + TAG_LENGTH));
}

/**
 * Which bytes of a sealed object of `sealed` bytes hold the plaintext of `range`. Throws RangeError when the range does
 * not lie in the plaintext, CannotOpen when no sealed object has that length.
 */
export function sealedRange({ from, to }: ByteRange, sealed: number, chunkSize = CHUNK_SIZE): SealedRange {
  const plain = plainLength(sealed, chunkSize);
  if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && 0 <= from && from <= to && to <= plain)) {
    throw new RangeError(`The plaintext has ${plain} bytes: ask for a range inside it.`);
  }
  const step = chunkSize + TAG_LENGTH;
  const firstChunk = Math.floor(from / chunkSize);
  const start = HEADER_LENGTH + firstChunk * step;
  const end = from === to ? start : Math.min(sealed, HEADER_LENGTH + Math.ceil(to / chunkSize) * step);
  return { from: start, to: end, firstChunk, skip: from - firstChunk * chunkSize };
}
