import { appendLeaves, EMPTY_RANGE, rangeRoot } from "./compact-range.ts";
import type { Node, ReadNodes } from "./subtree.ts";
import { decodeTile, TILE_HEIGHT, TILE_WIDTH, type Tile, tileWidth } from "./tile.ts";
import { tilePath } from "./tile-path.ts";

/** Answers the bytes of one tile, or of a wider one at the same place. */
export type ReadTile = (tile: Tile) => Promise<Uint8Array>;

/** Reads nodes of a tree of `size` from its tiles: those a proof needs at once, and no tile twice however often it is asked. */
export function nodesFromTiles(size: number, readTile: ReadTile): ReadNodes {
  const read = new Map<string, Promise<Uint8Array[]>>();
  const hashesOf = (tile: Tile) => {
    const path = tilePath(tile);
    const hashes = read.get(path) ?? readTile(tile).then((bytes) => decodeTile(bytes, tile.width));
    read.set(path, hashes);
    return hashes;
  };
  return async (nodes) =>
    await Promise.all(
      nodes.map(async (node) => {
        const { tile, from, to } = placeOf(node, size);
        return rangeRoot(appendLeaves(EMPTY_RANGE, (await hashesOf(tile)).slice(from, to)));
      }),
    );
}

/** The tiles that hold these nodes of a tree of `size`, each once, in the order of first need. */
export function tilesOf(nodes: readonly Node[], size: number): Tile[] {
  const tiles = nodes.map((node) => placeOf(node, size).tile);
  return [...new Map(tiles.map((tile) => [tilePath(tile), tile])).values()];
}

/** A node is the root over 2^(height mod 8) neighbouring hashes of one tile. */
function placeOf({ height, index }: Node, size: number) {
  const level = Math.floor(height / TILE_HEIGHT);
  const count = 2 ** (height % TILE_HEIGHT);
  const tileIndex = Math.floor((index * count) / TILE_WIDTH);
  const from = index * count - tileIndex * TILE_WIDTH;
  const width = tileWidth(level, tileIndex, size);
  if (from + count > width) {
    throw new RangeError(`A tree of ${size} leaves has no complete node ${index} at height ${height}.`);
  }
  return { tile: { level, index: tileIndex, width }, from, to: from + count };
}
