import { isCount } from "./merkle.ts";
import { TILE_WIDTH, type Tile } from "./tile.ts";

/** The entries under one tile of level 0, whose index and width it shares. */
export type Bundle = Omit<Tile, "level">;

/** What a path below a log's prefix names. */
export type TileResource =
  | { readonly kind: "hashes"; readonly tile: Tile }
  | { readonly kind: "entries"; readonly bundle: Bundle };

const HIGHEST_LEVEL = 63;
// Six groups hold every safe integer.
const TILE_PATH = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/;

/** Where a tile of hashes is, below the log's prefix: `tile/0/x001/x234/067.p/5` (C2SP tlog-tiles). */
export function tilePath({ level, index, width }: Tile): string {
  if (!isCount(level) || level > HIGHEST_LEVEL) throw new RangeError(`A tile's level is 0 to ${HIGHEST_LEVEL}.`);
  return `tile/${level}/${indexAndWidth(index, width)}`;
}

/** Where the entries under a tile of level 0 are, below the log's prefix: `tile/entries/x001/x234/067`. */
export function bundlePath({ index, width }: Bundle): string {
  return `tile/entries/${indexAndWidth(index, width)}`;
}

/** Reads a path below the log's prefix; undefined for everything that tilePath and bundlePath would not have written. */
export function parseTilePath(path: string): TileResource | undefined {
  const [, kind, groups, suffix] = TILE_PATH.exec(path) ?? [];
  if (kind === undefined || groups === undefined) return undefined;
  const index = Number(groups.replaceAll(/[x/]/g, ""));
  const width = suffix === undefined ? TILE_WIDTH : Number(suffix);
  const level = kind === "entries" ? 0 : Number(kind);
  if (!isCount(index) || !isWidth(width) || level > HIGHEST_LEVEL) return undefined;
  const written = kind === "entries" ? bundlePath({ index, width }) : tilePath({ level, index, width });
  if (written !== path) return undefined;
  return kind === "entries"
    ? { kind: "entries", bundle: { index, width } }
    : { kind: "hashes", tile: { level, index, width } };
}

function indexAndWidth(index: number, width: number): string {
  if (!isCount(index) || !isWidth(width)) {
    throw new RangeError(`There is no tile ${index} of width ${width}: a width is 1 to ${TILE_WIDTH}.`);
  }
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, "0");
  const groups = padded.replaceAll(/\d{3}(?=\d)/g, "x$&/");
  return width === TILE_WIDTH ? groups : `${groups}.p/${width}`;
}

function isWidth(width: number): boolean {
  return Number.isInteger(width) && width >= 1 && width <= TILE_WIDTH;
}
