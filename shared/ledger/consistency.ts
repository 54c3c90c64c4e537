import { areHashes, EMPTY_ROOT, isCount, nodeHash, sameBytes, splitPoint } from "./merkle.ts";
import { isSubtree, type ReadNodes, readSpans, type Span } from "./subtree.ts";

/** What a consistency proof claims: the tree of size1 is how the tree of size2 began. */
export interface ConsistencyClaim {
  readonly size1: number;
  readonly root1: Uint8Array;
  readonly size2: number;
  readonly root2: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** What a subtree consistency proof claims: the leaves of this subtree are those of the tree of `size`. */
export interface SubtreeConsistencyClaim {
  readonly subtree: Span;
  readonly subtreeRoot: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** The proof that a log only grew from size1 to size2 (RFC 6962 §2.1.2). Throws RangeError unless 1 <= size1 <= size2. */
export async function proveConsistency(size1: number, size2: number, read: ReadNodes): Promise<Uint8Array[]> {
  return await readSpans(consistencySpans(size1, size2), read);
}

/** The spans whose roots are a consistency proof, in the order of the proof. */
export function consistencySpans(size1: number, size2: number): Span[] {
  if (!isCount(size1) || !isCount(size2) || size1 < 1 || size1 > size2) {
    throw new RangeError(
      `No proof leads from size ${size1} to ${size2}: the first is at least 1 and at most the second.`,
    );
  }
  const spans: Span[] = [];
  let [start, end] = [0, size2];
  while (size1 !== end) {
    const split = start + splitPoint(end - start);
    if (size1 <= split) {
      spans.push({ start: split, end });
      end = split;
    } else {
      spans.push({ start, end: split });
      start = split;
    }
  }
  // Where the first tree is itself a node of the second, who verifies has its root already.
  if (start !== 0) spans.push({ start, end });
  return spans.reverse();
}

/**
 * Whether a consistency proof holds (RFC 9162 §2.1.4.2). It never does for size1 = 0: an empty tree says nothing.
 * With equal sizes nothing is hashed: the roots have to be the same bytes, which a parsed checkpoint makes 32.
 */
export function verifyConsistency({ size1, root1, size2, root2, proof }: ConsistencyClaim): boolean {
  if (size1 === 0) return false;
  const subtree = { start: 0, end: size1 };
  return verifySubtreeConsistency({ subtree, subtreeRoot: root1, size: size2, root: root2, proof });
}

/** Whether a subtree is part of a tree (draft-ietf-plants-merkle-tree-certs). One without leaves is part of every tree. */
export function verifySubtreeConsistency(claim: SubtreeConsistencyClaim): boolean {
  const { subtree, subtreeRoot, size, root, proof } = claim;
  const { start, end } = subtree;
  if (![start, end, size].every(isCount) || end > size || !isSubtree(subtree) || !areHashes(proof)) return false;
  if (start === end) return proof.length === 0 && sameBytes(subtreeRoot, EMPTY_ROOT);
  const found = climb(claim);
  return found !== undefined && sameBytes(found.subtreeRoot, subtreeRoot) && sameBytes(found.root, root);
}

/** Follows a proof from the subtree's last complete node up, building the subtree's root and the tree's together. */
function climb({ subtree, subtreeRoot, size, proof }: SubtreeConsistencyClaim) {
  let [first, edge, last] = lowestNode(subtree, size);
  const seed = first === edge ? [subtreeRoot] : [];
  const [lowest, ...siblings] = [...seed, ...proof];
  // A root that only has to equal the other one may be anything; one that is hashed has to be a hash.
  if (lowest === undefined || (siblings.length > 0 && !areHashes([lowest]))) return undefined;
  let [small, large] = [lowest, lowest];
  for (const sibling of siblings) {
    if (last === 0) return undefined;
    if (edge % 2 === 1 || edge === last) {
      if (first < edge) small = nodeHash(sibling, small);
      large = nodeHash(sibling, large);
      while (edge % 2 === 0 && edge !== 0) [first, edge, last] = halves(first, edge, last);
    } else {
      large = nodeHash(large, sibling);
    }
    [first, edge, last] = halves(first, edge, last);
  }
  return last === 0 ? { subtreeRoot: small, root: large } : undefined;
}

/**
 * Positions, on one level, of the subtree's first node, its last one, and the tree's last one. The level is the highest
 * on which the subtree's last node is also a node of the tree; below it both trees are the same.
 */
function lowestNode({ start, end }: Span, size: number): [number, number, number] {
  let positions: [number, number, number] = [start, end - 1, size - 1];
  const goesOn = end === size ? () => true : ([, edge]: [number, number, number]) => edge % 2 === 1;
  while (positions[0] !== positions[1] && goesOn(positions)) positions = halves(...positions);
  return positions;
}

function halves(first: number, edge: number, last: number): [number, number, number] {
  return [Math.floor(first / 2), Math.floor(edge / 2), Math.floor(last / 2)];
}
