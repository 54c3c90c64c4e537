/** The logs: a head each, entries in batches as they were appended, and where each leaf is. What is in a log never changes. */
import * as z from "zod";
import { Bytes } from "#shared/bytes.ts";
import {
  appendLeaves,
  type CompactRange,
  decodeRange,
  EMPTY_RANGE,
  encodeRange,
} from "#shared/ledger/compact-range.ts";
import { leafHash } from "#shared/ledger/merkle.ts";
import { TILE_WIDTH } from "#shared/ledger/tile.ts";
import { notDue } from "./due.ts";
import { type LogName, partitions, publicLogName, sorts } from "./keys.ts";
import { dueInLedger } from "./pending.ts";
import { GuardFailed, type Item, type Key, type Table, type Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

/** One log, as a scope is one tenant: the deployment's public one, or the audit log of a tenant. */
export interface Log {
  readonly table: Table;
  readonly name: LogName;
}

export const publicLog = (table: Table): Log => ({ table, name: publicLogName });
export const auditLog = ({ table, tenant }: TenantScope): Log => ({ table, name: tenant });

/** How far a log is. */
export interface LogHead {
  /** The tree of all leaves that have their place. */
  readonly range: CompactRange;
  /** The tree of the newest checkpoint: all its tiles are stored. */
  readonly published: CompactRange;
  /** The newest checkpoint, a signed note; absent before the first. */
  readonly checkpoint?: string | undefined;
}

const StoredHead = z.object({
  size: z.int().min(0),
  edge: Bytes,
  publishedSize: z.int().min(0).default(0),
  publishedEdge: Bytes.default(new Uint8Array()),
  checkpoint: z.string().optional(),
});

const headKey = ({ name }: Log): Key => ({ pk: partitions.log(name), sk: sorts.logHead() });
/** The moment goes with the key's own name. */
const headDue = ({ name }: Log, now: Date): Item => dueInLedger(`head-${name}`, new Date(now.getTime() + 60_000));

export async function readLogHead(log: Log): Promise<LogHead> {
  const item = await log.table.get(headKey(log));
  if (!item) return { range: EMPTY_RANGE, published: EMPTY_RANGE };
  const { size, edge, publishedSize, publishedEdge, checkpoint } = StoredHead.parse(item);
  return {
    range: decodeRange(size, edge),
    published: decodeRange(publishedSize, publishedEdge),
    checkpoint,
  };
}

/** An event without a place, by the key it is stored under. */
export interface PendingEntry {
  readonly key: Key;
  readonly id: string;
  readonly entry: Uint8Array;
}

const StoredPending = z.object({
  pk: z.string(),
  sk: z.string(),
  id: z.string(),
  entry: Bytes,
  leaf: z.int().optional(),
});

/** Those of at most 100 events that have no place yet, in the order given. */
export async function readPending(log: Log, keys: readonly Key[]): Promise<readonly PendingEntry[]> {
  const found = (await log.table.getMany(keys)).map((item) => StoredPending.parse(item));
  const byKey = new Map(found.map((item) => [`${item.pk} ${item.sk}`, item]));
  return keys.flatMap((key) => {
    const item = byKey.get(`${key.pk} ${key.sk}`);
    return item === undefined || item.leaf !== undefined ? [] : [{ key, id: item.id, entry: item.entry }];
  });
}

/** Takes an event that must get no place out of the due index. It stays, for people to see. */
export async function refusePending(log: Log, { key, id }: PendingEntry): Promise<void> {
  await unlessGuarded(log.table.write({ update: key, remove: notDue, guard: { equals: { leaf: null, id } } }));
}

/** Two writes an entry, and two more, are one transaction of at most 100. */
const mostAtOnce = 45;

/** How many entries can be appended to a log of this size at once. Batches end where entry bundles do. */
export const roomForAppend = (size: number): number => Math.min(mostAtOnce, TILE_WIDTH - (size % TILE_WIDTH));

/**
 * Gives events their place: head, entries, leaves and events change together, or not at all. @throws GuardFailed where somebody
 * else was quicker; RangeError for more events than there is room for
 */
export async function appendToLog(
  log: Log,
  { range }: LogHead,
  events: readonly PendingEntry[],
  now: Date,
): Promise<void> {
  const first = range.size;
  if (events.length === 0 || events.length > roomForAppend(first))
    throw new RangeError("Append fewer entries, or some.");
  const hashes = events.map(({ entry }) => leafHash(entry));
  const grown = appendLeaves(range, hashes);
  await log.table.transact([
    {
      update: headKey(log),
      set: { size: grown.size, edge: encodeRange(grown), ...headDue(log, now) },
      guard: { equals: { size: first === 0 ? null : first } },
    },
    {
      put: {
        pk: partitions.entries(log.name, bundleOf(first)),
        sk: sorts.entries(first),
        first,
        entries: events.map(({ entry }) => entry),
        sources: events.map(({ key }) => key.sk),
      },
      guard: "absent",
    },
    ...events.flatMap((event, at) => leafWrites(log, event, hashes[at] ?? new Uint8Array(), first + at)),
  ]);
}

function leafWrites(log: Log, { key, id }: PendingEntry, hash: Uint8Array, leaf: number): Write[] {
  return [
    {
      put: { pk: partitions.leaves(log.name), sk: sorts.leaf(Buffer.from(hash).toString("hex")), leaf },
      guard: "absent",
    },
    {
      update: key,
      set: { leaf },
      remove: notDue,
      // By its id too: what was erased meanwhile must not come back as a shell.
      guard: { equals: { leaf: null, id } },
    },
  ];
}

const bundleOf = (index: number): number => Math.floor(index / TILE_WIDTH);

const StoredEntries = z.object({
  first: z.int().min(0),
  entries: z.array(Bytes).min(1),
  /** Sort keys of the events that the entries are of. */
  sources: z.array(z.string()).default([]),
});

/** An entry of a log, and the sort key of the event that it is of. */
export interface SequencedEntry {
  readonly entry: Uint8Array;
  readonly source: string | undefined;
}

/** The entries of a log from the start of the bundle that holds `from`, up to but not including `to`. */
export async function readEntries(log: Log, from: number, to: number): Promise<readonly Uint8Array[]> {
  const bundles = await Array.fromAsync(readBundles(log, from, to));
  return bundles.flat().map(({ entry }) => entry);
}

/** As `readEntries`, with the events they are of, and no more than one bundle at a time. */
export async function* readBundles(log: Log, from: number, to: number): AsyncGenerator<readonly SequencedEntry[]> {
  for (let bundle = bundleOf(from); bundle * TILE_WIDTH < to; bundle += 1) {
    const start = bundle * TILE_WIDTH;
    const entries = await readBundle(log, bundle);
    if (start + entries.length < Math.min(to, start + TILE_WIDTH))
      throw new Error(`The log ${log.name} ends before ${String(to)}: restore the table.`);
    yield entries.slice(0, to - start);
  }
}

async function readBundle(log: Log, bundle: number): Promise<readonly SequencedEntry[]> {
  const found: SequencedEntry[] = [];
  for await (const item of itemsOf(log.table, partitions.entries(log.name, bundle))) {
    const { first, entries, sources } = StoredEntries.parse(item);
    const next = bundle * TILE_WIDTH + found.length;
    if (first !== next)
      throw new Error(`The log ${log.name} lacks entries from ${String(next)} on: restore the table.`);
    found.push(...entries.map((entry, i) => ({ entry, source: sources[i] })));
  }
  return found;
}

async function* itemsOf(table: Table, partition: string): AsyncGenerator<Item> {
  let after: Item | undefined;
  do {
    const page = await table.list({ partition, ...(after ? { after } : {}) });
    yield* page.items;
    after = page.next;
  } while (after);
}

/** The index of a leaf by its hash in hexadecimal; `undefined` where it has no place in this log. */
export async function findLeaf(log: Log, hash: string): Promise<number | undefined> {
  const item = await log.table.get({ pk: partitions.leaves(log.name), sk: sorts.leaf(hash) });
  return item && z.int().parse(item["leaf"]);
}

/**
 * Stores a checkpoint, unless there is one of as large a tree. `published`: the tree that it is of.
 */
export async function storeCheckpoint(log: Log, published: CompactRange, checkpoint: string): Promise<void> {
  const { size } = published;
  const set = { publishedSize: size, publishedEdge: encodeRange(published), checkpoint };
  await unlessGuarded(log.table.write({ update: headKey(log), set, guard: { below: { publishedSize: size } } }));
  await settleLog(log, size);
}

/** Takes a log out of the due index, unless leaves came after this size. */
export async function settleLog(log: Log, size: number): Promise<void> {
  await unlessGuarded(
    log.table.write({
      update: headKey(log),
      remove: notDue,
      guard: { equals: { size, publishedSize: size } },
    }),
  );
}

/** Somebody else wrote what is newer: that is as good. */
async function unlessGuarded(write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
  }
}
