import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CompactRange, EMPTY_RANGE, rangeRoot } from "#shared/ledger/compact-range.ts";
import { consistencySpans, proveConsistency, verifyConsistency } from "#shared/ledger/consistency.ts";
import { inclusionSpans, proveInclusion, verifyInclusion } from "#shared/ledger/inclusion.ts";
import { leafHash } from "#shared/ledger/merkle.ts";
import { nodesOf } from "#shared/ledger/subtree.ts";
import { changedTiles, decodeTile, type Tile, tileWidth } from "#shared/ledger/tile.ts";
import { growTiles } from "#shared/ledger/tile-growth.ts";
import { tilePath } from "#shared/ledger/tile-path.ts";
import { nodesFromTiles, tilesOf } from "#shared/ledger/tile-reader.ts";
import { hex, someEntries } from "./entries.ts";
import { path, proof, tileHashes, treeHash } from "./reference-tree.ts";

/** Tiles by path, as a log stores them, and what was read of them. */
class TileStore {
  readonly tiles = new Map<string, Uint8Array>();
  readonly reads: string[] = [];
  range: CompactRange = EMPTY_RANGE;

  readonly read = async (tile: Tile): Promise<Uint8Array> => {
    this.reads.push(tilePath(tile));
    const bytes = this.tiles.get(tilePath(tile)) ?? this.tiles.get(tilePath({ ...tile, width: 256 }));
    if (bytes === undefined) throw new Error(`no tile ${tilePath(tile)}`);
    return bytes;
  };

  async grow(entries: readonly Uint8Array[]): Promise<void> {
    const { range, tiles } = await growTiles(this.range, entries.map(leafHash), this.read);
    for (const { tile, bytes } of tiles) this.tiles.set(tilePath(tile), bytes);
    this.range = range;
  }
}

async function grownIn(steps: readonly number[], entries: readonly Uint8Array[]): Promise<TileStore> {
  const store = new TileStore();
  for (const step of steps) await store.grow(entries.slice(store.range.size, store.range.size + step));
  return store;
}

describe("a log in tiles", () => {
  it("has the tiles of the definition after growing in any steps", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.nat(45), fc.nat(600)), { minLength: 1, maxLength: 10 }), async (steps) => {
        const entries = someEntries(steps.reduce((sum, step) => sum + step, 0));
        const store = await grownIn(steps, entries);
        expect(hex(rangeRoot(store.range))).toBe(hex(treeHash(entries)));
        for (const tile of changedTiles(0, entries.length)) {
          const hashes = decodeTile(await store.read(tile), tile.width);
          expect(hashes.map(hex)).toEqual(tileHashes(entries, tile.level, tile.index, tile.width).map(hex));
        }
      }),
      { numRuns: 40 },
    );
  });

  it("stores every partial tile of every size at which it stopped", async () => {
    const steps = [45, 45, 45, 45, 45, 45, 200, 1, 300];
    const entries = someEntries(771);
    const store = await grownIn(steps, entries);
    let size = 0;
    for (const step of steps) {
      size += step;
      for (const tile of changedTiles(0, size)) expect(store.tiles.has(tilePath(tile)), tilePath(tile)).toBe(true);
    }
  });

  it("reads one tile to append within a tile, and none at the start of one", async () => {
    const entries = someEntries(600);
    const store = await grownIn([256], entries);
    expect(store.reads).toEqual([]);
    await store.grow(entries.slice(256, 300));
    expect(store.reads).toEqual([]);
    await store.grow(entries.slice(300, 345));
    expect(store.reads).toEqual(["tile/0/001.p/44"]);
    await store.grow(entries.slice(345, 600));
    expect(store.reads.slice(1)).toEqual(["tile/0/001.p/89", "tile/1/000.p/1"]);
  });

  it("refuses a stored tile that is too narrow to append to", async () => {
    const store = await grownIn([10], someEntries(10));
    store.tiles.set("tile/0/000.p/10", (store.tiles.get("tile/0/000.p/10") ?? Buffer.alloc(0)).subarray(32));
    await expect(store.grow(someEntries(1))).rejects.toThrow(expect.objectContaining({ name: "Malformed" }));
  });

  it("proves from tiles what the definition proves, at every size it had", async () => {
    const steps = [1, 44, 212, 256, 300, 187];
    const entries = someEntries(1000);
    const store = await grownIn(steps, entries);
    const sizes = steps.map((_, i) => steps.slice(0, i + 1).reduce((sum, step) => sum + step, 0));
    for (const size of sizes) {
      const nodes = nodesFromTiles(size, store.read);
      const held = entries.slice(0, size);
      for (const index of [0, 1, 255, 256, 511, size - 1].filter((i) => i < size)) {
        expect((await proveInclusion(index, size, nodes)).map(hex)).toEqual(path(index, held).map(hex));
      }
    }
    for (const size1 of sizes) {
      for (const size2 of sizes.filter((size) => size >= size1)) {
        const proven = await proveConsistency(size1, size2, nodesFromTiles(size2, store.read));
        expect(proven.map(hex)).toEqual(proof(size1, entries.slice(0, size2)).map(hex));
      }
    }
  });

  it("proves consistency between any two sizes of a log", async () => {
    const entries = someEntries(700);
    const store = await grownIn([700], entries);
    const roots = new Map<number, Buffer>();
    const rootAt = (size: number) => {
      const root = roots.get(size) ?? treeHash(entries.slice(0, size));
      roots.set(size, root);
      return root;
    };
    const sizes = fc.tuple(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 700 }));
    await fc.assert(
      fc.asyncProperty(sizes, async (pair) => {
        const [size1, size2] = [Math.min(...pair), Math.max(...pair)];
        const proven = await proveConsistency(size1, size2, nodesFromTiles(700, store.read));
        const claim = { size1, root1: rootAt(size1), size2, root2: rootAt(size2), proof: proven };
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, root1: rootAt(size1 === 1 ? 2 : size1 - 1) })).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it("reads no tile twice, and tells beforehand which ones", async () => {
    const entries = someEntries(1000);
    const store = await grownIn([1000], entries);
    store.reads.length = 0;
    const read = nodesFromTiles(1000, store.read);
    const proven = await proveInclusion(300, 1000, read);
    const expected = tilesOf(inclusionSpans(300, 1000).flatMap(nodesOf), 1000).map(tilePath);
    expect(store.reads.toSorted()).toEqual(expected.toSorted());
    expect(new Set(store.reads).size).toBe(store.reads.length);
    const reads = store.reads.length;
    await proveInclusion(300, 1000, read);
    expect(store.reads.length).toBe(reads);
    expect(
      verifyInclusion({
        leafHash: leafHash(entries[300] ?? Buffer.alloc(0)),
        index: 300,
        size: 1000,
        root: treeHash(entries),
        proof: proven,
      }),
    ).toBe(true);
  });

  it("needs at most two tiles a level for an inclusion proof of a million leaves", () => {
    const size = 1_000_000;
    for (const index of [0, 255, 256, 65_535, 499_999, 999_935, 999_936, 999_999]) {
      const tiles = tilesOf(inclusionSpans(index, size).flatMap(nodesOf), size);
      expect(tiles.length).toBeLessThanOrEqual(6);
      for (const { level, index: at, width } of tiles) expect(width).toBe(tileWidth(level, at, size));
    }
    expect(tilesOf(consistencySpans(500_000, size).flatMap(nodesOf), size).length).toBeLessThanOrEqual(9);
  });

  it("refuses a node that the tree does not have", async () => {
    const store = await grownIn([5], someEntries(5));
    await expect(nodesFromTiles(5, store.read)([{ height: 2, index: 1 }])).rejects.toThrow(RangeError);
  });
});
