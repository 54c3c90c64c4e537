import { createHash } from "node:crypto";

// RFC 6962 §2.1 word for word, over lists of entries and without any sharing: what the product's trees are held against.

export function treeHash(entries: readonly Uint8Array[]): Buffer {
  const [only] = entries;
  if (only === undefined) return sha256();
  if (entries.length === 1) return sha256(Buffer.of(0), only);
  const k = largestPowerOfTwoBelow(entries.length);
  return sha256(Buffer.of(1), treeHash(entries.slice(0, k)), treeHash(entries.slice(k)));
}

/** PATH(m, D[n]) of §2.1.1. */
export function path(m: number, entries: readonly Uint8Array[]): Buffer[] {
  if (entries.length === 1) return [];
  const k = largestPowerOfTwoBelow(entries.length);
  return m < k
    ? [...path(m, entries.slice(0, k)), treeHash(entries.slice(k))]
    : [...path(m - k, entries.slice(k)), treeHash(entries.slice(0, k))];
}

/** PROOF(m, D[n]) of §2.1.2. */
export function proof(m: number, entries: readonly Uint8Array[]): Buffer[] {
  return subproof(m, entries, true);
}

function subproof(m: number, entries: readonly Uint8Array[], whole: boolean): Buffer[] {
  if (m === entries.length) return whole ? [] : [treeHash(entries)];
  const k = largestPowerOfTwoBelow(entries.length);
  return m <= k
    ? [...subproof(m, entries.slice(0, k), whole), treeHash(entries.slice(k))]
    : [...subproof(m - k, entries.slice(k), false), treeHash(entries.slice(0, k))];
}

/** SUBTREE_PROOF(start, end, D[n]) of draft-ietf-plants-merkle-tree-certs, for subtrees with leaves. */
export function subtreeProof(start: number, end: number, entries: readonly Uint8Array[], whole = true): Buffer[] {
  if (start === 0 && end === entries.length) return whole ? [] : [treeHash(entries)];
  const k = largestPowerOfTwoBelow(entries.length);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  if (end <= k) return [...subtreeProof(start, end, left, whole), treeHash(right)];
  if (k <= start) return [...subtreeProof(start - k, end - k, right, whole), treeHash(left)];
  return [...subtreeProof(0, end - k, right, false), treeHash(left)];
}

/** The hash at a place of a tile: MTH(D[from:to]) of C2SP tlog-tiles. */
export function tileHashes(entries: readonly Uint8Array[], level: number, index: number, width: number): Buffer[] {
  const span = 256 ** level;
  return Array.from({ length: width }, (_, i) => {
    const from = (index * 256 + i) * span;
    return treeHash(entries.slice(from, from + span));
  });
}

function largestPowerOfTwoBelow(n: number): number {
  return 2 ** (Math.ceil(Math.log2(n)) - 1);
}

function sha256(...parts: Uint8Array[]): Buffer {
  return createHash("sha256").update(Buffer.concat(parts)).digest();
}
