import { areHashes, EMPTY_ROOT, nodeHash, splitPoint } from "./merkle.ts";

/** The leaves from `start` up to, but not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A complete subtree: the 2^height leaves from index * 2^height on. At height 0 it is a leaf hash. */
export interface Node {
  readonly height: number;
  readonly index: number;
}

/** Answers the hashes of these nodes, in this order. It is called once for a whole proof, so that reads can be shared. */
export type ReadNodes = (nodes: readonly Node[]) => Promise<readonly Uint8Array[]>;

/**
 * The complete subtrees that a span consists of, left to right. The span has to be one that a proof can speak of:
 * its start a multiple of its length rounded up to a power of two. Then they shrink from left to right.
 */
export function nodesOf({ start, end }: Span): Node[] {
  const nodes: Node[] = [];
  let from = start;
  while (from < end) {
    const height = Math.floor(Math.log2(end - from));
    const length = 2 ** height;
    nodes.push({ height, index: from / length });
    from += length;
  }
  return nodes;
}

/** The complete subtrees that make a tree of `end` leaves out of one of `start`, as they are appended to it: left to right. */
export function nodesToAppend({ start, end }: Span): Node[] {
  const nodes: Node[] = [];
  for (let at = start; at < end; ) {
    let height = 0;
    while (at % 2 ** (height + 1) === 0 && at + 2 ** (height + 1) <= end) height += 1;
    nodes.push({ height, index: at / 2 ** height });
    at += 2 ** height;
  }
  return nodes;
}

/** The root over complete subtrees that shrink from left to right, as those of nodesOf do (RFC 6962 §2.1). */
export function foldHashes(hashes: readonly Uint8Array[]): Uint8Array {
  const last = hashes.at(-1);
  if (last === undefined) return EMPTY_ROOT;
  return hashes.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
}

/** The roots of several spans, in one read. */
export async function readSpans(spans: readonly Span[], read: ReadNodes): Promise<Uint8Array[]> {
  const nodesBySpan = spans.map(nodesOf);
  const nodes = nodesBySpan.flat();
  if (nodes.length === 0) return [];
  const hashes = await read(nodes);
  if (hashes.length !== nodes.length || !areHashes(hashes)) {
    throw new Error(`The log's storage gave no hash of 32 bytes for each of ${nodes.length} nodes: check its tiles.`);
  }
  const remaining = [...hashes];
  return nodesBySpan.map(({ length }) => foldHashes(remaining.splice(0, length)));
}

/**
 * Whether a span is a subtree that proofs can be about (draft-ietf-plants-merkle-tree-certs): its start is a multiple
 * of its length rounded up to a power of two. A span without leaves is one as well.
 */
export function isSubtree({ start, end }: Span): boolean {
  const length = end - start;
  if (length < 0) return false;
  const whole = length < 2 ? 1 : 2 * splitPoint(length);
  return start % whole === 0;
}
