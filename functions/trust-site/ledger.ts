/** The public log, as a tenant's host shows it: C2SP tlog-tiles below `/ledger/`. It is the same under every tenant's host. */
import { parseTilePath } from "#shared/ledger/tile-path.ts";
import { publicLogName } from "#shared/store/keys.ts";
import { publicLog, readLogHead } from "#shared/store/ledger.ts";
import { type LedgerStore, ledgerObject } from "#shared/store/ledger-tiles.ts";
import type { Table } from "#shared/store/table.ts";

/** What never changes under its name may be kept for ever. */
const immutable = "public, max-age=31536000, immutable";
/** A checkpoint may be this old, in seconds: who waits for a leaf asks again. */
const checkpointAge = "public, max-age=5";

/** The newest checkpoint; `undefined` before the first. */
export async function checkpointAnswer(table: Table): Promise<Response | undefined> {
  const { checkpoint } = await readLogHead(publicLog(table));
  return checkpoint === undefined ? undefined : answerOf(checkpoint, "text/plain; charset=utf-8", checkpointAge);
}

/** A tile or an entry bundle by its path below the log's prefix; `undefined` for every other path, and what is not there. */
export async function tileAnswer({ objects, bucket }: LedgerStore, path: string): Promise<Response | undefined> {
  if (parseTilePath(path) === undefined) return undefined;
  const bytes = await objects.read(bucket, ledgerObject(publicLogName, path));
  return bytes && answerOf(Uint8Array.from(bytes), "application/octet-stream", immutable);
}

function answerOf(body: string | Uint8Array<ArrayBuffer>, type: string, cacheControl: string): Response {
  const headers = {
    "content-type": type,
    "cache-control": cacheControl,
    "x-content-type-options": "nosniff",
    vary: "Host",
  };
  return new Response(body, { headers });
}
