/** Where the tiles and entry bundles of the logs are: C2SP tlog-tiles' own paths below the log's folder. */
import { TILE_WIDTH, type Tile } from "#shared/ledger/tile.ts";
import { tilePath } from "#shared/ledger/tile-path.ts";
import type { ReadTile } from "#shared/ledger/tile-reader.ts";
import { type LogName, publicLogName } from "./keys.ts";
import type { Objects } from "./objects.ts";

/** A bucket of logs. */
export interface LedgerStore {
  readonly objects: Objects;
  readonly bucket: string;
}

/** The object of a path below a log's prefix. */
export const ledgerObject = (log: LogName, path: string): string =>
  `${log === publicLogName ? "public" : `audit/${log}`}/${path}`;

/** Reads tiles of one log; a partial one that is not there is read from the full one. */
export function tileReader({ objects, bucket }: LedgerStore, log: LogName): ReadTile {
  const find = (tile: Tile) => objects.read(bucket, ledgerObject(log, tilePath(tile)));
  return async (tile) => {
    const bytes = (await find(tile)) ?? (await find({ ...tile, width: TILE_WIDTH }));
    if (bytes === undefined)
      throw new Error(`${tilePath(tile)} of the log ${log} is missing: restore the ledger bucket.`);
    return bytes;
  };
}

/**
 * Stores what a log has at a path: once, and never other bytes. @throws where other bytes are there, which nobody should have
 * signed for
 */
export async function storeInLedger(store: LedgerStore, log: LogName, path: string, bytes: Uint8Array): Promise<void> {
  const { objects, bucket } = store;
  const name = ledgerObject(log, path);
  const there = await objects.read(bucket, name);
  if (there === undefined) await objects.write(bucket, name, [bytes]);
  else if (Buffer.compare(there, bytes) !== 0)
    throw new Error(
      `${path} of the log ${log} has other bytes than the log: find out who wrote them, then restore it.`,
    );
}
