import { Malformed } from "#shared/signing/malformed.ts";
import { HASH_LENGTH, isCount, nodeHash } from "./merkle.ts";
import { foldHashes, type Node, nodesOf } from "./subtree.ts";

/** The right edge of a tree: enough to append to it and to know its root, in at most 53 hashes. */
export interface CompactRange {
  readonly size: number;
  /** The hashes of the complete subtrees that the tree consists of, the largest first. */
  readonly hashes: readonly Uint8Array[];
}

/** The tree without leaves. */
export const EMPTY_RANGE: CompactRange = { size: 0, hashes: [] };

/** Told of every subtree that a new leaf completes, the leaf itself first. */
export type OnNode = (node: Node, hash: Uint8Array) => void;

/** The tree with more leaves at its end. What it was given stays as it is. */
export function appendLeaves(range: CompactRange, leafHashes: Iterable<Uint8Array>, onNode?: OnNode): CompactRange {
  const hashes = [...range.hashes];
  let size = range.size;
  for (const leaf of leafHashes) {
    if (leaf.length !== HASH_LENGTH)
      throw new RangeError(`A leaf hash has ${HASH_LENGTH} bytes: hash the entry first.`);
    append(hashes, { height: 0, index: size }, leaf, onNode);
    size += 1;
  }
  return { size, hashes };
}

/** The tree with complete subtrees at its end: those of `nodesToAppend`, and the hash of each. */
export function appendSubtrees(
  range: CompactRange,
  subtrees: Iterable<{ readonly node: Node; readonly hash: Uint8Array }>,
): CompactRange {
  const hashes = [...range.hashes];
  let size = range.size;
  for (const { node, hash } of subtrees) {
    const length = 2 ** node.height;
    if (node.index * length !== size)
      throw new RangeError(`A tree of ${size} leaves does not end before that subtree.`);
    append(hashes, node, hash, undefined);
    size += length;
  }
  return { size, hashes };
}

/** The root of the tree. */
export function rangeRoot(range: CompactRange): Uint8Array {
  return foldHashes(range.hashes);
}

/** The hashes one after the other, as they are kept beside the size. */
export function encodeRange(range: CompactRange): Uint8Array {
  return Buffer.concat(range.hashes);
}

/** Reads what encodeRange wrote. Throws Malformed where the bytes are not as many as this size needs. */
export function decodeRange(size: number, bytes: Uint8Array): CompactRange {
  if (!isCount(size)) throw new Malformed(`A tree cannot have ${size} leaves.`);
  const count = nodesOf({ start: 0, end: size }).length;
  if (bytes.length !== count * HASH_LENGTH) {
    throw new Malformed(`The right edge of a tree of ${size} leaves is ${count} hashes, not ${bytes.length} bytes.`);
  }
  const hashes = Array.from({ length: count }, (_, i) => bytes.slice(i * HASH_LENGTH, (i + 1) * HASH_LENGTH));
  return { size, hashes };
}

/** As many subtrees merge as the size has trailing ones, like carrying in a binary sum. */
function append(hashes: Uint8Array[], { height, index }: Node, given: Uint8Array, onNode: OnNode | undefined): void {
  let hash = given;
  let at = index;
  onNode?.({ height, index }, hash);
  for (let grown = height + 1; at % 2 === 1; grown += 1) {
    const left = hashes.pop();
    if (left === undefined) throw new RangeError("The range lacks hashes for its size: read it again.");
    hash = nodeHash(left, hash);
    at = (at - 1) / 2;
    onNode?.({ height: grown, index: at }, hash);
  }
  hashes.push(hash);
}
