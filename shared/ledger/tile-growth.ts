import { appendLeaves, type CompactRange } from "./compact-range.ts";
import { changedTiles, decodeTile, encodeTile, TILE_HEIGHT, type Tile, tileWidth } from "./tile.ts";
import type { ReadTile } from "./tile-reader.ts";

/** What changes when a log grows: its new right edge, and the tiles to store before a checkpoint of that size is signed. */
export interface Growth {
  readonly range: CompactRange;
  readonly tiles: readonly { readonly tile: Tile; readonly bytes: Uint8Array }[];
}

/** Appends leaf hashes to a log. Reads the partial tiles on its right edge that get wider, at most one a level. */
export async function growTiles(
  range: CompactRange,
  leafHashes: Iterable<Uint8Array>,
  readTile: ReadTile,
): Promise<Growth> {
  const added = new Map<number, Uint8Array[]>();
  const grown = appendLeaves(range, leafHashes, ({ height }, hash) => {
    if (height % TILE_HEIGHT !== 0) return;
    const level = height / TILE_HEIGHT;
    const hashes = added.get(level);
    if (hashes === undefined) added.set(level, [hash]);
    else hashes.push(hash);
  });
  const tiles: { tile: Tile; bytes: Uint8Array }[] = [];
  for (const tile of changedTiles(range.size, grown.size)) {
    const kept = await heldBefore(tile, range.size, readTile);
    const fresh = added.get(tile.level)?.splice(0, tile.width - kept.length) ?? [];
    tiles.push({ tile, bytes: encodeTile([...kept, ...fresh]) });
  }
  return { range: grown, tiles };
}

async function heldBefore({ level, index }: Tile, size: number, readTile: ReadTile): Promise<Uint8Array[]> {
  const width = tileWidth(level, index, size);
  return width === 0 ? [] : decodeTile(await readTile({ level, index, width }), width);
}
