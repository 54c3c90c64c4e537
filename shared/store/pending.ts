/**
 * What waits for its place in a log. An event is written under a key of its own, in the transaction of what it tells of; the
 * due index finds those without a place, and nothing else. `notary` gives them their place.
 */
import { encodePublicEntry, leafName, type PublicEntry, readPublicEntry } from "#shared/ledger/public-entry.ts";
import { unlessMalformed } from "#shared/signing/malformed.ts";
import { dueAttributes, dueKeys } from "./due.ts";
import { type KeyOwner, partitions, platform, sorts } from "./keys.ts";
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
export const dueInLedger = (id: string, at: Date): Item => dueAttributes("ledger", id, at);

/** The write that tells the public log; belongs into the transaction of what it tells of. Fails for what it was told before. */
export function publicLogWrite(told: PublicEntry): Write {
  const entry = encodePublicEntry(told);
  return { put: { ...pendingKey(told), ...waiting(leafName(entry), entry, new Date(told.at)) }, guard: "absent" };
}

/** Whether an entry stands where the public log is told of those whom it names. */
export function isOwnWord({ key, entry }: { readonly key: Key; readonly entry: Uint8Array }): boolean {
  const told = unlessMalformed(() => readPublicEntry(entry));
  const place = told && pendingKey(told);
  return place?.pk === key.pk && place.sk === key.sk;
}

/** Where what the public log is told waits. */
export const pendingKey = (told: PublicEntry): Key => ({
  // A tenant's name in an entry is one that its own role, or the notary, put there.
  pk: partitions.pending((told.tenant ?? platform) as KeyOwner),
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
