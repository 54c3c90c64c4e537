import { areHashes, isCount, nodeHash, sameBytes, splitPoint } from "./merkle.ts";
import { isSubtree, type ReadNodes, readSpans, type Span } from "./subtree.ts";

/** What an inclusion proof claims: this leaf is at this index of the tree that has this size and root. */
export interface InclusionClaim {
  readonly leafHash: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
  /** From the leaf's sibling up to the root's child. */
  readonly proof: readonly Uint8Array[];
}

/** What a proof of inclusion in a subtree claims; `index` counts from the first leaf of the log. */
export interface SubtreeInclusionClaim extends Omit<InclusionClaim, "size"> {
  readonly subtree: Span;
}

/** The inclusion proof of one leaf (RFC 6962 §2.1.1), from the leaf's sibling up. Throws RangeError outside the tree. */
export async function proveInclusion(index: number, size: number, read: ReadNodes): Promise<Uint8Array[]> {
  return await readSpans(inclusionSpans(index, size), read);
}

/** The spans whose roots are an inclusion proof, in the order of the proof. */
export function inclusionSpans(index: number, size: number): Span[] {
  if (!isCount(index) || !isCount(size) || index >= size) {
    throw new RangeError(`A tree of ${size} leaves has none at index ${index}: ask for an index below the size.`);
  }
  const spans: Span[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const split = start + splitPoint(end - start);
    if (index < split) {
      spans.push({ start: split, end });
      end = split;
    } else {
      spans.push({ start, end: split });
      start = split;
    }
  }
  return spans.reverse();
}

/** Whether an inclusion proof holds (RFC 9162 §2.1.3.2). Anything odd, such as a hash that has not 32 bytes, is false. */
export function verifyInclusion({ size, ...claim }: InclusionClaim): boolean {
  return verifySubtreeInclusion({ ...claim, subtree: { start: 0, end: size } });
}

/** Whether a leaf is in a subtree, whose root is `root` (draft-ietf-plants-merkle-tree-certs). */
export function verifySubtreeInclusion({ leafHash, index, subtree, root, proof }: SubtreeInclusionClaim): boolean {
  const { start, end } = subtree;
  if (![index, start, end].every(isCount) || index < start || index >= end || !isSubtree(subtree)) return false;
  if (!areHashes([leafHash, ...proof])) return false;
  const computed = climb(leafHash, index - start, end - start, proof);
  return computed !== undefined && sameBytes(computed, root);
}

/** Follows a proof from a leaf up; undefined where the proof is too long or too short for the size. */
function climb(leafHash: Uint8Array, index: number, size: number, proof: readonly Uint8Array[]) {
  let position = index;
  let last = size - 1;
  let hash = leafHash;
  for (const sibling of proof) {
    if (last === 0) return undefined;
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(sibling, hash);
      // The last node of a level has no sibling on its right: it stands unchanged on the levels above.
      while (position % 2 === 0 && position !== 0) [position, last] = [half(position), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [position, last] = [half(position), half(last)];
  }
  return last === 0 ? hash : undefined;
}

function half(position: number): number {
  return Math.floor(position / 2);
}
