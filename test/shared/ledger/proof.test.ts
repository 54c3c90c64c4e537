import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ConsistencyClaim,
  proveConsistency,
  verifyConsistency,
  verifySubtreeConsistency,
} from "#shared/ledger/consistency.ts";
import {
  type InclusionClaim,
  proveInclusion,
  verifyInclusion,
  verifySubtreeInclusion,
} from "#shared/ledger/inclusion.ts";
import { EMPTY_ROOT, leafHash, nodeHash } from "#shared/ledger/merkle.ts";
import { isSubtree } from "#shared/ledger/subtree.ts";
import { nodesInMemory, someEntries } from "./entries.ts";
import { proof as consistencyProof, path, subtreeProof, treeHash } from "./reference-tree.ts";

const full = process.env["CANDOR_FULL"] !== undefined;
const trees = full ? 10_000 : 500;

/** Every way to spoil a list of hashes: each one dropped, doubled or with a bit flipped, any two swapped, one more at either end. */
function* spoiled(hashes: readonly Uint8Array[], bit: number): Generator<Uint8Array[]> {
  const stranger = leafHash(Buffer.from("stranger"));
  yield [...hashes, stranger];
  yield [stranger, ...hashes];
  for (const [i, hash] of hashes.entries()) {
    yield hashes.toSpliced(i, 1);
    yield hashes.toSpliced(i, 0, hash);
    yield hashes.toSpliced(i, 1, flipped(hash, bit));
    yield hashes.toSpliced(i, 1, hash.subarray(1));
    for (let j = i + 1; j < hashes.length; j += 1) yield hashes.with(i, hashes[j] ?? hash).with(j, hash);
  }
}

function flipped(hash: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(hash);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

function expectInclusionHolds(claim: InclusionClaim, bit: number): void {
  const { leafHash: leaf, index, size, root, proof } = claim;
  expect(verifyInclusion(claim)).toBe(true);
  const lies: InclusionClaim[] = [
    ...[...spoiled(proof, bit)].map((bad) => ({ ...claim, proof: bad })),
    { ...claim, leafHash: flipped(leaf, bit) },
    { ...claim, root: flipped(root, bit) },
    { ...claim, index: index + 1 },
    { ...claim, index: index - 1 },
    { ...claim, index: index + size },
    { ...claim, index: index + 0.5 },
    { ...claim, index, size: 0 },
    { ...claim, leafHash: leaf.subarray(1) },
    { ...claim, root: root.subarray(1) },
  ];
  expect(lies.filter(verifyInclusion)).toEqual([]);
}

function expectConsistencyHolds(claim: ConsistencyClaim, bit: number): void {
  const { size1, root1, size2, root2, proof } = claim;
  expect(verifyConsistency(claim)).toBe(true);
  const lies: ConsistencyClaim[] = [
    ...[...spoiled(proof, bit)].map((bad) => ({ ...claim, proof: bad })),
    { ...claim, root1: flipped(root1, bit) },
    { ...claim, root2: flipped(root2, bit) },
    { ...claim, root1: root1.subarray(1) },
    { ...claim, root2: root2.subarray(1) },
    { ...claim, size1: 0 },
    { ...claim, size1: size1 + 0.5 },
    { ...claim, size1: size2 + 1 },
  ];
  if (size1 !== size2) lies.push({ ...claim, size1: size2, size2: size1 }, { ...claim, root1: root2, root2: root1 });
  expect(lies.filter(verifyConsistency)).toEqual([]);
}

/** A tree's size, two places in it, and a bit of a hash. */
const treeAndPlaces = fc
  .integer({ min: 1, max: 300 })
  .chain((size) =>
    fc.tuple(fc.constant(size), fc.nat(size - 1), fc.integer({ min: 1, max: size }), fc.nat(255), fc.nat(1000)),
  );

describe("proofs of a log", () => {
  it("proves as RFC 6962 §2.1 does in every tree of up to 40 leaves", async () => {
    const all = someEntries(40);
    for (let size = 1; size <= all.length; size += 1) {
      const entries = all.slice(0, size);
      const read = nodesInMemory(entries);
      for (let i = 0; i < size; i += 1) {
        expect(await proveInclusion(i, size, read)).toEqual(path(i, entries));
        expect(await proveConsistency(i + 1, size, read)).toEqual(consistencyProof(i + 1, entries));
      }
    }
  });

  it(
    `holds in ${trees} random trees, and no dropped, doubled, swapped, added, cut or flipped hash passes`,
    async () => {
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(treeAndPlaces, async ([size, index, size1, bit, seed]) => {
          const entries = someEntries(size, seed);
          const read = nodesInMemory(entries);
          const root = treeHash(entries);
          const inclusion = await proveInclusion(index, size, read);
          expect(inclusion).toEqual(path(index, entries));
          const leaf = leafHash(entries[index] ?? Buffer.alloc(0));
          expectInclusionHolds({ leafHash: leaf, index, size, root, proof: inclusion }, bit);
          const consistency = await proveConsistency(size1, size, read);
          expect(consistency).toEqual(consistencyProof(size1, entries));
          const root1 = treeHash(entries.slice(0, size1));
          expectConsistencyHolds({ size1, root1, size2: size, root2: root, proof: consistency }, bit);
          refused += [...spoiled(inclusion, bit), ...spoiled(consistency, bit)].length;
        }),
        { numRuns: trees },
      );
      process.stdout.write(`ledger: ${trees} random trees, ${refused} spoiled proofs refused\n`);
    },
    full ? 900_000 : 60_000,
  );

  it("refuses a proof that goes on above the root, and one from an empty tree", () => {
    const [leaf, sibling] = [leafHash(Buffer.from("leaf")), leafHash(Buffer.from("sibling"))];
    const root = nodeHash(sibling, leaf);
    expect(verifyInclusion({ leafHash: leaf, index: 0, size: 1, root, proof: [sibling] })).toBe(false);
    expect(verifyConsistency({ size1: 1, root1: root, size2: 1, root2: root, proof: [sibling] })).toBe(false);
    expect(verifyConsistency({ size1: 1, root1: leaf, size2: 1, root2: root, proof: [sibling] })).toBe(false);
    expect(verifyConsistency({ size1: 0, root1: EMPTY_ROOT, size2: 7, root2: root, proof: [] })).toBe(false);
    expect(verifyConsistency({ size1: 0, root1: EMPTY_ROOT, size2: 0, root2: EMPTY_ROOT, proof: [] })).toBe(false);
  });

  it("refuses to prove what is not in the tree", async () => {
    const read = nodesInMemory(someEntries(5));
    await expect(proveInclusion(5, 5, read)).rejects.toThrow(RangeError);
    await expect(proveInclusion(-1, 5, read)).rejects.toThrow(RangeError);
    await expect(proveInclusion(0.5, 5, read)).rejects.toThrow(RangeError);
    await expect(proveConsistency(0, 5, read)).rejects.toThrow(RangeError);
    await expect(proveConsistency(6, 5, read)).rejects.toThrow(RangeError);
  });

  it("says so when the storage answers too few hashes or cut ones", async () => {
    await expect(proveInclusion(0, 5, async () => [])).rejects.toThrow("check its tiles");
    const cut = nodesInMemory(someEntries(5));
    const read = async (nodes: Parameters<typeof cut>[0]) => (await cut(nodes)).map((hash) => hash.subarray(1));
    await expect(proveInclusion(0, 5, read)).rejects.toThrow("check its tiles");
  });

  it("reads all nodes of a proof at once", async () => {
    let calls = 0;
    const read = nodesInMemory(someEntries(300));
    await proveConsistency(77, 300, (nodes) => {
      calls += 1;
      return read(nodes);
    });
    expect(calls).toBe(1);
  });

  it("stays exact where sizes need more than 32 bits", () => {
    const sibling = leafHash(Buffer.from("sibling"));
    const proof = Array.from({ length: 52 }, () => sibling);
    const claim = { leafHash: sibling, size: 2 ** 52, root: sibling, proof };
    for (const index of [0, 2 ** 32, 2 ** 52 - 1]) expect(verifyInclusion({ ...claim, index })).toBe(false);
    expect(verifyInclusion({ ...claim, index: 2 ** 52 })).toBe(false);
    expect(verifyInclusion({ ...claim, size: 2 ** 60, index: 2 ** 59 })).toBe(false);
  });
});

describe("proofs of a subtree", () => {
  it("accepts every subtree with its proof in trees of up to 20 leaves, and no spoiled one", () => {
    const all = someEntries(20);
    for (let size = 1; size <= all.length; size += 1) {
      const entries = all.slice(0, size);
      const root = treeHash(entries);
      for (let start = 0; start < size; start += 1) {
        for (let end = start + 1; end <= size; end += 1) {
          const subtree = { start, end };
          if (!isSubtree(subtree)) continue;
          const part = entries.slice(start, end);
          const claim = { subtree, subtreeRoot: treeHash(part), size, root, proof: subtreeProof(start, end, entries) };
          expect(verifySubtreeConsistency(claim), `${start}-${end} of ${size}`).toBe(true);
          for (const bad of spoiled(claim.proof, 9))
            expect(verifySubtreeConsistency({ ...claim, proof: bad })).toBe(false);
          for (const [i, entry] of part.entries()) {
            const inclusion = { leafHash: leafHash(entry), subtree, root: claim.subtreeRoot, proof: path(i, part) };
            expect(verifySubtreeInclusion({ ...inclusion, index: start + i })).toBe(true);
            expect(verifySubtreeInclusion({ ...inclusion, index: start + i + 1 })).toBe(false);
          }
        }
      }
    }
  });

  it("refuses a leaf before the subtree, and a span that is no subtree", () => {
    const [first, second] = [leafHash(Buffer.from("first")), leafHash(Buffer.from("second"))];
    const before = { subtree: { start: 1, end: 2 }, index: 0, leafHash: first, root: first, proof: [] };
    expect(verifySubtreeInclusion(before)).toBe(false);
    expect(verifySubtreeInclusion({ ...before, index: 1 })).toBe(true);
    const root = nodeHash(first, second);
    const across = { subtree: { start: 1, end: 3 }, index: 1, leafHash: first, root, proof: [second] };
    expect(verifySubtreeInclusion(across)).toBe(false);
    expect(verifySubtreeInclusion({ ...across, subtree: { start: 2, end: 4 }, index: 2 })).toBe(true);
  });

  it("knows which spans are subtrees", () => {
    const spans = [
      [0, 7],
      [4, 7],
      [8, 13],
      [3, 4],
      [2, 5],
      [1, 3],
      [2, 6],
      [5, 4],
    ] as const;
    const subtrees = spans.filter(([start, end]) => isSubtree({ start, end }));
    expect(subtrees).toEqual([
      [0, 7],
      [4, 7],
      [8, 13],
      [3, 4],
    ]);
  });
});
