import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBundle, encodeBundle } from "#shared/ledger/entry-bundle.ts";
import { leafHash } from "#shared/ledger/merkle.ts";
import { changedTiles, decodeTile, encodeTile, tileWidth } from "#shared/ledger/tile.ts";
import { bundlePath, parseTilePath, tilePath } from "#shared/ledger/tile-path.ts";
import { someEntries } from "./entries.ts";

const malformed = expect.objectContaining({ name: "Malformed" });

describe("paths of tiles", () => {
  it("writes the example of tlog-tiles: index 1234067 is x001/x234/067", () => {
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe("tile/0/x001/x234/067");
    expect(bundlePath({ index: 1_234_067, width: 17 })).toBe("tile/entries/x001/x234/067.p/17");
  });

  it("writes short indexes in one group and level and width in decimal", () => {
    expect(tilePath({ level: 63, index: 0, width: 255 })).toBe("tile/63/000.p/255");
    expect(tilePath({ level: 1, index: 999, width: 1 })).toBe("tile/1/999.p/1");
    expect(bundlePath({ index: 1000, width: 256 })).toBe("tile/entries/x001/000");
  });

  it("reads what it writes", () => {
    const tile = fc.record({ level: fc.nat(63), index: fc.maxSafeNat(), width: fc.integer({ min: 1, max: 256 }) });
    fc.assert(
      fc.property(tile, ({ level, index, width }) => {
        expect(parseTilePath(tilePath({ level, index, width }))).toEqual({
          kind: "hashes",
          tile: { level, index, width },
        });
        expect(parseTilePath(bundlePath({ index, width }))).toEqual({ kind: "entries", bundle: { index, width } });
      }),
    );
  });

  it.each([
    "tile/0/000.p/256",
    "tile/0/000.p/0",
    "tile/0/000.p/01",
    "tile/0/000.p/",
    "tile/0/000.p",
    "tile/0/000/",
    "tile/00/000",
    "tile/01/000",
    "tile/64/000",
    "tile/-1/000",
    "tile/0/00",
    "tile/0/0000",
    "tile/0/x000/001",
    "tile/0/x001",
    "tile/0/001/002",
    "tile/0/X001/002",
    "tile/0/x001/x002",
    "tile/0/x999/x999/x999/x999/x999/999",
    "tile/0/x001/x000/x000/x000/x000/x000/000",
    "tile/Entries/000",
    "tile/entries/0/000",
    "tile/0/١٢٣",
    "tile/0/000\n",
    "/tile/0/000",
    " tile/0/000",
    "tile/0/000?x",
    "checkpoint",
    "",
  ])("reads no tile in %j", (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });

  it("reads nothing that it would not write, whatever is given", () => {
    const piece = fc.constantFrom(
      "tile",
      "entries",
      "/",
      "x",
      "0",
      "00",
      "000",
      "001",
      "067",
      ".p",
      "63",
      "64",
      "256",
      "255",
    );
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => `tile/${pieces.join("")}`);
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (path) => {
        const read = parseTilePath(path);
        if (read !== undefined)
          expect(read.kind === "hashes" ? tilePath(read.tile) : bundlePath(read.bundle)).toBe(path);
      }),
      { numRuns: 5000 },
    );
  });

  it("refuses to write a tile that cannot be", () => {
    for (const width of [0, 257, 1.5, -1]) expect(() => tilePath({ level: 0, index: 0, width })).toThrow(RangeError);
    for (const level of [64, -1, 0.5]) expect(() => tilePath({ level, index: 0, width: 1 })).toThrow(RangeError);
    for (const index of [-1, 2 ** 53, 0.5]) expect(() => bundlePath({ index, width: 1 })).toThrow(RangeError);
  });
});

describe("which tiles a tree has", () => {
  const summary = (size: number) => {
    const counts: Record<string, number> = {};
    for (const { level, width } of changedTiles(0, size)) {
      const key = `level ${level}, ${width === 256 ? "full" : `width ${width}`}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  };

  it("has the tiles that tlog-tiles names for 70,000 leaves and for 256", () => {
    expect(summary(70_000)).toEqual({
      "level 0, full": 273,
      "level 0, width 112": 1,
      "level 1, full": 1,
      "level 1, width 17": 1,
      "level 2, width 1": 1,
    });
    expect(summary(256)).toEqual({ "level 0, full": 1, "level 1, width 1": 1 });
  });

  it("has none for an empty tree, and none when nothing was added", () => {
    expect(changedTiles(0, 0)).toEqual([]);
    expect(changedTiles(70_000, 70_000)).toEqual([]);
  });

  it("names the changed ones when a tree grows over the end of a tile", () => {
    expect(changedTiles(65_530, 65_540)).toEqual([
      { level: 0, index: 255, width: 256 },
      { level: 0, index: 256, width: 4 },
      { level: 1, index: 0, width: 256 },
      { level: 2, index: 0, width: 1 },
    ]);
  });

  it("refuses to shrink", () => {
    expect(() => changedTiles(5, 4)).toThrow(RangeError);
    expect(() => changedTiles(-1, 4)).toThrow(RangeError);
  });

  it("tells the width of a tile, 0 where there is none", () => {
    // floor(s / 256^l) mod 256 for the partial ones (tlog-tiles, Partial Tiles).
    expect(tileWidth(0, 273, 70_000)).toBe(112);
    expect(tileWidth(1, 1, 70_000)).toBe(17);
    expect(tileWidth(0, 272, 70_000)).toBe(256);
    expect(tileWidth(0, 274, 70_000)).toBe(0);
    expect(tileWidth(3, 0, 70_000)).toBe(0);
  });
});

describe("bytes of tiles and bundles", () => {
  const hashes = someEntries(256).map(leafHash);

  it("writes a full tile in 8,192 bytes and reads it again", () => {
    const bytes = encodeTile(hashes);
    expect(bytes.length).toBe(8192);
    expect(decodeTile(bytes, 256)).toEqual(hashes);
  });

  it("reads a partial tile from the full one, as after a log dropped it", () => {
    expect(decodeTile(encodeTile(hashes), 3)).toEqual(hashes.slice(0, 3));
  });

  it("refuses tiles that are cut, too narrow or too wide", () => {
    const bytes = encodeTile(hashes);
    expect(() => decodeTile(bytes.subarray(1), 255)).toThrow(malformed);
    expect(() => decodeTile(bytes.subarray(32), 256)).toThrow(malformed);
    expect(() => decodeTile(Buffer.concat([bytes, bytes]), 256)).toThrow(malformed);
    expect(() => encodeTile([])).toThrow(RangeError);
    expect(() => encodeTile([...hashes, ...hashes])).toThrow(RangeError);
    expect(() => encodeTile([new Uint8Array(31)])).toThrow(RangeError);
  });

  it("writes an entry bundle as lengths and entries", () => {
    const bytes = encodeBundle([Buffer.from("abc"), Buffer.alloc(0), Buffer.alloc(258, 1)]);
    expect(Buffer.from(bytes).toString("hex")).toBe(`0003616263${"0000"}0102${"01".repeat(258)}`);
  });

  it("reads the entries that it writes, up to 65,535 bytes each", () => {
    const entry = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 256 }), (entries) => {
        expect(decodeBundle(encodeBundle(entries), entries.length).map((read) => Uint8Array.from(read))).toEqual(
          entries,
        );
      }),
    );
    expect(decodeBundle(encodeBundle([Buffer.alloc(65_535)]), 1)[0]?.length).toBe(65_535);
  });

  it("refuses bundles that are cut, too long for the width, or hold what is no entry", () => {
    const bytes = encodeBundle([Buffer.from("abc"), Buffer.from("de")]);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeBundle(bytes.subarray(0, length), 2)).toThrow(malformed);
    }
    expect(() => decodeBundle(bytes, 1)).toThrow(malformed);
    expect(() => decodeBundle(bytes, 3)).toThrow(malformed);
    expect(() => decodeBundle(Buffer.concat([bytes, Buffer.of(0)]), 2)).toThrow(malformed);
    expect(() => encodeBundle([Buffer.alloc(65_536)])).toThrow("log its digest instead");
    expect(() => encodeBundle([])).toThrow(RangeError);
    expect(() => encodeBundle(Array.from({ length: 257 }, () => Buffer.from("x")))).toThrow(RangeError);
  });
});
