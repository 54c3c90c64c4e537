/**
 * Keeps the logs. Events get their place in transactions that are conditional on the log's size, so that two that work at once
 * leave no gap and no fork. Tiles follow from what has its place, and a checkpoint from tiles that are stored: wherever a run
 * ends, the next one goes on from there.
 */
import { formatCheckpoint } from "#shared/ledger/checkpoint.ts";
import { type CompactRange, rangeRoot } from "#shared/ledger/compact-range.ts";
import { encodeBundle } from "#shared/ledger/entry-bundle.ts";
import { leafHash, sameBytes } from "#shared/ledger/merkle.ts";
import { TILE_WIDTH } from "#shared/ledger/tile.ts";
import { growTiles } from "#shared/ledger/tile-growth.ts";
import { bundlePath, tilePath } from "#shared/ledger/tile-path.ts";
import { formatNote, signNote } from "#shared/signing/note.ts";
import { publicLogName } from "#shared/store/keys.ts";
import {
  appendToLog,
  type Log,
  type LogHead,
  type PendingEntry,
  readEntries,
  readLogHead,
  readPending,
  refusePending,
  roomForAppend,
  settleLog,
  storeCheckpoint,
} from "#shared/store/ledger.ts";
import { storeInLedger, tileReader } from "#shared/store/ledger-tiles.ts";
import { isOwnWord } from "#shared/store/pending.ts";
import { GuardFailed, type Key } from "#shared/store/table.ts";
import type { NotaryPorts } from "./ports.ts";

/** How often one batch is tried in a row without the log having grown meanwhile. */
const attemptsAtMost = 4;

export interface LogKeeper {
  /** Gives these events their place, those that have none yet, and signs a checkpoint over all that have one. */
  take(log: Log, events: readonly Key[], now: Date): Promise<void>;
}

export function logKeeper(ports: Pick<NotaryPorts, "ledger" | "siteDomain" | "platformKeys" | "signerOf">): LogKeeper {
  return {
    async take(log, events, now) {
      const strange = await sequence(log, events, now);
      await publish(ports, log);
      if (strange > 0)
        throw new Error("An entry for the public log stands with another tenant than it names: find out who wrote it.");
    },
  };
}

/**
 * Appends what waits, in the order given, as many at a time as a transaction holds. Answers how many entries get no place, ever: a
 * tenant's role can tell the public log of its own tenant alone, whatever it writes.
 */
async function sequence(log: Log, events: readonly Key[], now: Date): Promise<number> {
  let left: readonly Key[] = [...new Map(events.map((key) => [`${key.pk} ${key.sk}`, key])).values()];
  let failures = 0;
  let strange = 0;
  for (let size = -1; left.length > 0; ) {
    const head = await readLogHead(log);
    if (head.range.size !== size) failures = 0;
    size = head.range.size;
    const batch = left.slice(0, roomForAppend(size));
    const waiting = await readPending(log, batch);
    const strangers = log.name === publicLogName ? waiting.filter((event) => !isOwnWord(event)) : [];
    const rightful = waiting.filter((event) => !strangers.includes(event));
    if (await append(log, head, rightful, now)) {
      left = left.slice(batch.length);
      for (const stranger of strangers) await refusePending(log, stranger);
      strange += strangers.length;
    }
    // Somebody else was quicker: look again. Where nobody was, something is wrong with an event.
    else if (++failures === attemptsAtMost)
      throw new Error(`The log ${log.name} does not take an event: look at its items.`);
  }
  return strange;
}

async function append(log: Log, head: LogHead, waiting: readonly PendingEntry[], now: Date): Promise<boolean> {
  if (waiting.length === 0) return true;
  try {
    await appendToLog(log, head, waiting, now);
    return true;
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
    return false;
  }
}

/** Stores the tiles of all leaves that have their place, then the checkpoint over them. */
async function publish(ports: Parameters<typeof logKeeper>[0], log: Log): Promise<void> {
  const { range, published } = await readLogHead(log);
  if (range.size === published.size) {
    if (range.size > 0) await settleLog(log, range.size);
    return;
  }
  await storeTiles(ports, log, published, range);
  await storeCheckpoint(log, range, await signCheckpoint(ports, log, range));
}

async function storeTiles(
  { ledger }: Pick<NotaryPorts, "ledger">,
  log: Log,
  before: CompactRange,
  after: CompactRange,
): Promise<void> {
  const bundled = await readEntries(log, before.size, after.size);
  const start = before.size - (before.size % TILE_WIDTH);
  const added = bundled.slice(before.size - start).map(leafHash);
  const { range, tiles } = await growTiles(before, added, tileReader(ledger, log.name));
  // What the transactions made and what the entries make must be one tree, or somebody changed an entry.
  if (!sameBytes(rangeRoot(range), rangeRoot(after)))
    throw new Error(
      `The entries of the log ${log.name} are not those of its head: restore the table before it is signed.`,
    );
  for (const { tile, bytes } of tiles) {
    await storeInLedger(ledger, log.name, tilePath(tile), bytes);
    if (tile.level !== 0) continue;
    const first = tile.index * TILE_WIDTH - start;
    const entries = bundled.slice(first, first + tile.width);
    await storeInLedger(ledger, log.name, bundlePath(tile), encodeBundle(entries));
  }
}

async function signCheckpoint(
  { siteDomain, platformKeys, signerOf }: Pick<NotaryPorts, "siteDomain" | "platformKeys" | "signerOf">,
  log: Log,
  range: CompactRange,
): Promise<string> {
  const origin = originOf(log, siteDomain);
  const text = formatCheckpoint({ origin, size: range.size, root: rangeRoot(range), extensions: [] });
  const signer = await signerOf(await platformKeys.checkpoints());
  return formatNote(text, [await signNote(text, origin, signer)]);
}

/** What a log calls itself: `<site domain>/ledger`, or `<site domain>/audit/<tenant>`. */
function originOf({ name }: Log, siteDomain: string): string {
  return name === publicLogName ? `${siteDomain}/ledger` : `${siteDomain}/audit/${name}`;
}
