import { describe, expect, it } from "vitest";
import { appendLeaves, EMPTY_RANGE, rangeRoot } from "#shared/ledger/compact-range.ts";
import { proveConsistency } from "#shared/ledger/consistency.ts";
import { proveInclusion } from "#shared/ledger/inclusion.ts";
import { EMPTY_ROOT, leafHash, nodeHash } from "#shared/ledger/merkle.ts";
import { hex, nodesInMemory, someEntries } from "./entries.ts";

// The test tree of google/certificate-transparency (merkle_tree_test.cc): 8 leaves and the root after each.
const referenceLeaves = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
];
const referenceRoots = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

describe("hashes of a log", () => {
  it("has the empty tree's root of RFC 6962", () => {
    expect(hex(EMPTY_ROOT)).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(rangeRoot(EMPTY_RANGE)).toEqual(EMPTY_ROOT);
  });

  it("has the roots of the certificate-transparency reference tree at every size", () => {
    const leaves = referenceLeaves.map((leaf) => leafHash(Buffer.from(leaf, "hex")));
    const roots = leaves.map((_, i) => hex(rangeRoot(appendLeaves(EMPTY_RANGE, leaves.slice(0, i + 1)))));
    expect(roots).toEqual(referenceRoots);
  });

  it("refuses to make a node of anything but two hashes", () => {
    expect(() => nodeHash(EMPTY_ROOT, new Uint8Array(31))).toThrow(RangeError);
    expect(() => nodeHash(new Uint8Array(33), EMPTY_ROOT)).toThrow(RangeError);
  });

  it("keeps a hash as it was when others are computed after it", () => {
    const first = leafHash(Buffer.from("first"));
    const node = nodeHash(first, first);
    const before = [hex(first), hex(node)];
    nodeHash(EMPTY_ROOT, EMPTY_ROOT);
    leafHash(Buffer.from("second"));
    expect([hex(first), hex(node)]).toEqual(before);
  });
});

describe("the example of RFC 6962 §2.1.3", () => {
  const entries = someEntries(7);
  const read = nodesInMemory(entries);
  const [a, b, c, d, e, f, j] = entries.map(leafHash);
  const both = (left = EMPTY_ROOT, right = EMPTY_ROOT) => nodeHash(left, right);
  const [g, h, i] = [both(a, b), both(c, d), both(e, f)];
  const [k, l] = [both(g, h), both(i, j)];

  it("has the audit paths that the RFC names", async () => {
    expect(await proveInclusion(0, 7, read)).toEqual([b, h, l]);
    expect(await proveInclusion(3, 7, read)).toEqual([c, g, l]);
    expect(await proveInclusion(4, 7, read)).toEqual([f, j, k]);
    expect(await proveInclusion(6, 7, read)).toEqual([i, k]);
  });

  it("has the consistency proofs that the RFC names", async () => {
    expect(await proveConsistency(3, 7, read)).toEqual([c, d, g, l]);
    expect(await proveConsistency(4, 7, read)).toEqual([l]);
    expect(await proveConsistency(6, 7, read)).toEqual([i, j, k]);
  });
});
