import { Malformed } from "#shared/signing/malformed.ts";
import { areHashes, HASH_LENGTH, isCount } from "./merkle.ts";

/** Hashes in a full tile. */
export const TILE_WIDTH = 256;
/** Levels of the Merkle tree that one level of tiles stands for. */
export const TILE_HEIGHT = 8;

/**
 * One tile of a log (C2SP tlog-tiles): `width` hashes, each over 256^level leaves. A width below 256 is a partial tile,
 * such as the right edge of a tree has.
 */
export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** How many hashes the tile at this place has in a tree of this size; 0 where there is no such tile. */
export function tileWidth(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.min(TILE_WIDTH, Math.max(0, hashes - index * TILE_WIDTH));
}

/**
 * The tiles that a tree of `newSize` has and the same log at `oldSize` had not, or not as wide; level by level, left to
 * right. Where they are stored, everything that `newSize` needs is stored. Entry bundles change as tiles of level 0 do.
 */
export function changedTiles(oldSize: number, newSize: number): Tile[] {
  if (!isCount(oldSize) || !isCount(newSize) || oldSize > newSize) {
    throw new RangeError(`A log does not grow from ${oldSize} to ${newSize} leaves.`);
  }
  const tiles: Tile[] = [];
  for (let level = 0, span = 1; ; level += 1, span *= TILE_WIDTH) {
    const hashes = Math.floor(newSize / span);
    const before = Math.floor(oldSize / span);
    if (hashes === before) return tiles;
    for (let index = Math.floor(before / TILE_WIDTH); index * TILE_WIDTH < hashes; index += 1) {
      tiles.push({ level, index, width: tileWidth(level, index, newSize) });
    }
  }
}

/** The bytes of a tile: its hashes, one after the other. */
export function encodeTile(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length < 1 || hashes.length > TILE_WIDTH || !areHashes(hashes)) {
    throw new RangeError(`A tile holds 1 to ${TILE_WIDTH} hashes of ${HASH_LENGTH} bytes.`);
  }
  return Buffer.concat(hashes);
}

/**
 * The first `width` hashes of a tile. The bytes may be those of a wider one, since a log may drop a partial tile once
 * it has the full one. Throws Malformed where they are too few or no tile.
 */
export function decodeTile(bytes: Uint8Array, width: number): Uint8Array[] {
  const held = bytes.length / HASH_LENGTH;
  if (!Number.isInteger(held) || held > TILE_WIDTH || held < width) {
    throw new Malformed(`A tile of at least ${width} hashes was expected, and there are ${bytes.length} bytes.`);
  }
  return Array.from({ length: width }, (_, i) => bytes.subarray(i * HASH_LENGTH, (i + 1) * HASH_LENGTH));
}
