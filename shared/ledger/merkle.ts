import { hash } from "node:crypto";

/** Bytes of a SHA-256 hash, the only one in these trees. */
export const HASH_LENGTH = 32;

/** The root of a tree without leaves (RFC 6962 §2.1): SHA-256 of nothing. */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array());

// Kept between calls because allocating it costs as much as hashing it. Nothing reads it after the call that filled it.
const nodeInput = Buffer.alloc(1 + 2 * HASH_LENGTH, 1);

/** The hash of a log entry as a leaf: SHA-256(0x00 || entry), RFC 6962 §2.1. */
export function leafHash(entry: Uint8Array): Uint8Array {
  const input = Buffer.allocUnsafe(1 + entry.length);
  input[0] = 0;
  input.set(entry, 1);
  return sha256(input);
}

/** The hash over two subtrees: SHA-256(0x01 || left || right), RFC 6962 §2.1. Both have 32 bytes. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length !== HASH_LENGTH || right.length !== HASH_LENGTH) {
    throw new RangeError(
      `A node is made from two hashes of ${HASH_LENGTH} bytes, not ${left.length} and ${right.length}.`,
    );
  }
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_LENGTH);
  return sha256(nodeInput);
}

/** Whether a number can count the leaves of a tree or name one of them. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Whether two byte strings are the same. Hashes in a log are public, so the time it takes tells nothing. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Whether all of these can be hashes: 32 bytes each. */
export function areHashes(values: readonly Uint8Array[]): boolean {
  return values.every((value) => value.length === HASH_LENGTH);
}

/** The largest power of two smaller than `size`, where RFC 6962 §2.1 splits a tree. `size` is at least 2. */
export function splitPoint(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** crypto.hash makes a string of one character a byte, and Buffer.write copies it, in a third of the time of its own Buffer. */
function sha256(input: Uint8Array): Uint8Array {
  const output = Buffer.allocUnsafe(HASH_LENGTH);
  output.write(hash("sha256", input, "binary"), "binary");
  return output;
}
