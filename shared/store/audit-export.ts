import { exportHeader, exportLine } from "#shared/audit/export-file.ts";
import type { CompactRange } from "#shared/ledger/compact-range.ts";
import { type Node, nodesOf, nodesToAppend } from "#shared/ledger/subtree.ts";
import { TILE_WIDTH } from "#shared/ledger/tile.ts";
import { nodesFromTiles } from "#shared/ledger/tile-reader.ts";
import { readAuditEvents } from "./audit-events.ts";
import { auditLog, readBundles } from "./ledger.ts";
import { type LedgerStore, tileReader } from "./ledger-tiles.ts";
import type { TenantScope } from "./tenant-scope.ts";

export interface ExportedPart {
  /** Indexes in the log: of the first entry, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** The newest checkpoint, and the size of its tree; `to` is at most that. */
  readonly size: number;
  readonly checkpoint: string;
}

/**
 * The lines of an audit export of a tenant, each with its end, in pieces of a bundle. No more than one bundle and its events
 * are held at a time, however long the log is.
 */
export async function* auditExport(
  scope: TenantScope,
  ledger: LedgerStore,
  { from, to, size, checkpoint }: ExportedPart,
): AsyncGenerator<string> {
  const log = auditLog(scope);
  const nodes = nodesFromTiles(size, tileReader(ledger, log.name));
  const hashes = (of: Node[]) => (of.length === 0 ? [] : nodes(of));
  const before: CompactRange = { size: from, hashes: await hashes(nodesOf({ start: 0, end: from })) };
  const after = await hashes(nodesToAppend({ start: to, end: size }));
  yield exportHeader({ before, end: to === size ? undefined : { to, after }, checkpoint });
  let index = from - (from % TILE_WIDTH);
  for await (const bundle of readBundles(log, from, to)) {
    const skipped = Math.max(0, from - index);
    const wanted = bundle.slice(skipped);
    const events = await readAuditEvents(
      scope,
      wanted.map(({ source }) => source),
    );
    const first = index + skipped;
    yield wanted.map(({ entry }, i) => exportLine(first + i, entry, events[i])).join("");
    index += bundle.length;
  }
}
