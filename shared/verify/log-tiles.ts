import { decodeBundle } from "#shared/ledger/entry-bundle.ts";
import type { ReadNodes } from "#shared/ledger/subtree.ts";
import { decodeTile, TILE_WIDTH, type Tile } from "#shared/ledger/tile.ts";
import { type Bundle, bundlePath, tilePath } from "#shared/ledger/tile-path.ts";
import { nodesFromTiles } from "#shared/ledger/tile-reader.ts";
import { Malformed } from "#shared/signing/malformed.ts";
import { Lie } from "./finding.ts";
import { ledgerPath, type ReadPath, readBytes } from "./published.ts";

const tileLimit = 8192;
/** Entries of a public log are digests with a little around them. */
const bundleLimit = 1_048_576;

/** Reads nodes of a tree of `size` from a site's tiles. They throw Lie for tiles that are missing, too long, or no tiles. */
export function siteNodes(read: ReadPath, size: number): ReadNodes {
  return nodesFromTiles(size, async (tile: Tile) => {
    const { bytes, path } = await readWidest(read, (width) => tilePath({ ...tile, width }), tile.width, tileLimit);
    unlessMalformedAt(path, () => decodeTile(bytes, tile.width));
    return bytes;
  });
}

/** The first `width` entries of a bundle. @throws Lie */
export async function siteEntries(read: ReadPath, { index, width }: Bundle): Promise<Uint8Array[]> {
  const pathOf = (wide: number) => bundlePath({ index, width: wide });
  const { bytes, path, held } = await readWidest(read, pathOf, width, bundleLimit);
  return unlessMalformedAt(path, () => decodeBundle(bytes, held)).slice(0, width);
}

/** A log may drop a partial tile once it has the full one (C2SP tlog-tiles). */
async function readWidest(read: ReadPath, pathOf: (width: number) => string, width: number, limit: number) {
  for (const held of width === TILE_WIDTH ? [width] : [width, TILE_WIDTH]) {
    const path = ledgerPath + pathOf(held);
    const bytes = await readBytes(read, path, limit);
    if (bytes !== undefined) return { bytes, path, held };
  }
  throw new Lie("tile-missing", `/${ledgerPath}${pathOf(width)} is not there, though the signed checkpoint covers it.`);
}

function unlessMalformedAt<Value>(path: string, decode: () => Value): Value {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Malformed) throw new Lie("tile-malformed", `/${path}: ${error.message}`);
    throw error;
  }
}
