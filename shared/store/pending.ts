/**
 * What waits for its place in a log. An event is written under a key of its own, in the transaction of what it tells of; the
 * due index finds those without a place, and nothing else. `notary` gives them their place.
 */
import { encodePublicEntry, leafName, type PublicEntry } from "#shared/ledger/public-entry.ts";
import { dueKeys } from "./due.ts";
import { duePartition, dueShards, keyAttributes, partitions, sorts } from "./keys.ts";
import type { Item, Key, Table, Write } from "./table.ts";

/** How long after it is written the schedule looks for an event that the stream should have brought. */
const streamGrace = 60_000;
/** An entry names and digests; what is larger belongs elsewhere. */
const mostEntryBytes = 4_096;

/** The attributes of an event that waits. `id` spreads it over the index. */
export function waiting(id: string, entry: Uint8Array, at: Date): Item {
  if (entry.length > mostEntryBytes)
    throw new RangeError(`A log entry has at most ${String(mostEntryBytes)} bytes here: log a digest instead.`);
  return { id, entry, ...dueInLedger(id, new Date(at.getTime() + streamGrace)) };
}

/** The place in the due index of an event, or of a log whose newest leaves are in no checkpoint yet. */
export function dueInLedger(id: string, at: Date): Item {
  return {
    [keyAttributes.duePartition]: duePartition("ledger", shardOf(id)),
    [keyAttributes.dueSort]: `${at.toISOString()}#${id}`,
  };
}

/** The write that tells the public log; belongs into the transaction of what it tells of. Fails for what it was told before. */
export function publicLogWrite(told: PublicEntry): Write {
  const entry = encodePublicEntry(told);
  return { put: { ...pendingKey(told), ...waiting(leafName(entry), entry, new Date(told.at)) }, guard: "absent" };
}

/** Where what the public log is told waits. */
export const pendingKey = (told: PublicEntry): Key => ({
  pk: partitions.pending(),
  sk: sorts.pending(leafName(encodePublicEntry(told))),
});

/**
 * Keys of what is due in the logs at `now`, the oldest first: of events without a place, and of heads whose newest leaves are in
 * no checkpoint. At most `most`; the rest is due next time.
 */
export async function dueInLogs(table: Table, now: Date, most: number): Promise<readonly Key[]> {
  const due = await dueKeys(table, "ledger", now, most);
  return due.toSorted((one, other) => (one.at < other.at ? -1 : 1)).map(({ key }) => key);
}

function shardOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 65_536;
  return sum % dueShards;
}
