import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  appendLeaves,
  appendSubtrees,
  decodeRange,
  EMPTY_RANGE,
  encodeRange,
  rangeRoot,
} from "#shared/ledger/compact-range.ts";
import { leafHash } from "#shared/ledger/merkle.ts";
import { nodesToAppend } from "#shared/ledger/subtree.ts";
import { hex, someEntries } from "./entries.ts";
import { treeHash } from "./reference-tree.ts";

describe("the right edge of a tree", () => {
  it("has the root of the whole tree after any steps, also when it was stored between them", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 8 }), (steps) => {
        const entries = someEntries(steps.reduce((sum, step) => sum + step, 0));
        let range = EMPTY_RANGE;
        for (const step of steps) {
          const leaves = entries.slice(range.size, range.size + step).map(leafHash);
          const grown = appendLeaves(range, leaves);
          range = decodeRange(grown.size, encodeRange(grown));
        }
        expect(hex(rangeRoot(range))).toBe(hex(treeHash(entries)));
      }),
    );
  });

  it("has the root of the whole tree after subtrees were appended to a part of it", () => {
    const entries = someEntries(200);
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), (one, other) => {
        const [start, end] = one < other ? [one, other] : [other, one];
        const part = appendLeaves(EMPTY_RANGE, entries.slice(0, start).map(leafHash));
        const subtrees = nodesToAppend({ start, end }).map((node) => {
          const length = 2 ** node.height;
          return { node, hash: treeHash(entries.slice(node.index * length, (node.index + 1) * length)) };
        });
        const whole = appendSubtrees(part, subtrees);
        expect([whole.size, hex(rangeRoot(whole))]).toEqual([end, hex(treeHash(entries.slice(0, end)))]);
      }),
    );
  });

  it("refuses a subtree that does not begin where the tree ends", () => {
    const part = appendLeaves(EMPTY_RANGE, someEntries(6).map(leafHash));
    const hash = treeHash(someEntries(2));
    expect(() => appendSubtrees(part, [{ node: { height: 1, index: 2 }, hash }])).toThrow("does not end before");
  });

  it("holds as many hashes as the size has ones in binary", () => {
    for (const size of [1, 2, 7, 8, 100, 255, 256]) {
      const { hashes } = appendLeaves(EMPTY_RANGE, someEntries(size).map(leafHash));
      expect(hashes.length).toBe(size.toString(2).replaceAll("0", "").length);
    }
  });

  it("leaves the range that it was given as it was", () => {
    const range = appendLeaves(EMPTY_RANGE, someEntries(3).map(leafHash));
    const root = hex(rangeRoot(range));
    appendLeaves(range, someEntries(5, 1).map(leafHash));
    expect([range.size, hex(rangeRoot(range))]).toEqual([3, root]);
  });

  it("names every complete node once", () => {
    const seen: string[] = [];
    appendLeaves(EMPTY_RANGE, someEntries(6).map(leafHash), ({ height, index }) => seen.push(`${height}/${index}`));
    expect(seen).toEqual(["0/0", "0/1", "1/0", "0/2", "0/3", "1/1", "2/0", "0/4", "0/5", "1/2"]);
  });

  it("refuses stored bytes that do not fit the size, and sizes that are none", () => {
    const bytes = encodeRange(appendLeaves(EMPTY_RANGE, someEntries(7).map(leafHash)));
    expect(decodeRange(7, bytes).size).toBe(7);
    for (const size of [0, 6, 8, -1, 7.5, Number.NaN, 2 ** 60]) {
      expect(() => decodeRange(size, bytes)).toThrow(expect.objectContaining({ name: "Malformed" }));
    }
    expect(() => decodeRange(7, bytes.subarray(1))).toThrow(expect.objectContaining({ name: "Malformed" }));
  });

  it("refuses a leaf that is no hash", () => {
    expect(() => appendLeaves(EMPTY_RANGE, [Buffer.from("entry")])).toThrow("hash the entry first");
  });
});
