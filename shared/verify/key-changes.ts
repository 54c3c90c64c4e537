import { hash } from "node:crypto";
import type { KeyChange } from "#shared/ledger/public-entry.ts";
import { keyStatus, type PublishedKey } from "#shared/signing/jwks.ts";
import { keyThumbprint } from "#shared/signing/public-key.ts";
import { absent, type Finding, holds, Lie, waits } from "./finding.ts";
import type { KeyEntry, RememberedKey } from "./state.ts";

export interface KeyChangeFacts {
  readonly keys: readonly PublishedKey[];
  /** The keys of last time, and when that was; absent at first sight. */
  readonly before: { readonly keys: readonly RememberedKey[]; readonly checkedAt: Date } | undefined;
  /** All key changes that the public log holds, in its order; absent where no log is published. */
  readonly entries: readonly KeyEntry[] | undefined;
  /** Whether every entry of the log has been read. */
  readonly complete: boolean;
  /** The thumbprint of the key that signs the log: pinned, so it needs no entry in what it signs. */
  readonly logKey: string | undefined;
}

type KeyAdded = Extract<KeyChange, { readonly kind: "key.added" }>;

/** How old an answer may be that a cache gives: of the key set, or of the checkpoint beside it. */
const cacheMs = 15 * 60_000;
const seconds = (at: Date | string): number => Math.floor(new Date(at).getTime() / 1000);
const thumbprint = ({ publicKey }: PublishedKey): string => keyThumbprint(publicKey);

/**
 * Every key is in the public log since before it was used, none that was there is gone, none that is logged is kept back, and a
 * new one is used only while the old one is still good. @throws Lie
 */
export function checkKeyChanges(facts: KeyChangeFacts, now: Date): Finding {
  const { keys, before, entries, complete } = facts;
  if (before !== undefined) requireMemory(keys, before);
  const fresh =
    before === undefined ? [] : keys.filter((key) => !before.keys.some(({ kid }) => kid === thumbprint(key)));
  if (entries === undefined) {
    const [unlogged] = before?.keys.length ? fresh : [];
    if (unlogged !== undefined) throw notLogged(unlogged, "there is no log");
    return absent("key changes", "no log published yet");
  }
  if (!complete) return waits("key changes", "not all entries of the log are read yet; run it again");
  const waiting = keys.filter((key) => !requireLogged(key, facts, now));
  requireShown(keys, entries);
  requireOverlap(entries);
  if (waiting.length > 0)
    return waits("key changes", `${waiting.length} so new that the log need not have them yet; run it again`);
  return holds("key changes", `${keys.length} keys in the log, ${fresh.length} of them new since last time`);
}

/** What was shown last time stays, and what is new was not in use then. */
function requireMemory(keys: readonly PublishedKey[], before: NonNullable<KeyChangeFacts["before"]>): void {
  for (const old of before.keys) {
    const key = keys.find((candidate) => thumbprint(candidate) === old.kid);
    if (key === undefined)
      throw new Lie("key-vanished", `The key ${old.kid} was published last time and is not any more.`);
    const retired = old.retiredAt !== undefined && new Date(old.retiredAt) <= before.checkedAt;
    const sameEnd = !retired || key.retiredAt?.toISOString() === old.retiredAt;
    if (key.usedFrom.toISOString() !== old.usedFrom || !sameEnd) {
      throw new Lie("key-rewritten", `The key ${old.kid} has other dates than last time.`);
    }
  }
  if (before.keys.length === 0) return;
  for (const key of keys) {
    const known = before.keys.some(({ kid }) => kid === thumbprint(key));
    if (known || key.usedFrom.getTime() > before.checkedAt.getTime() - cacheMs) continue;
    const detail = `The key ${thumbprint(key)} says it was used from ${key.usedFrom.toISOString()}, but was not published then.`;
    throw new Lie("key-backdated", detail);
  }
}

/**
 * Whether the log tells of the key. One that is not in use yet, or only just, may wait: the checkpoint that was read can be from
 * before it. It is remembered, so the next run asks again. @throws Lie
 */
function requireLogged(key: PublishedKey, { entries = [], logKey }: KeyChangeFacts, now: Date): boolean {
  const kid = thumbprint(key);
  if (kid === logKey) return true;
  const about = entries.map(({ entry }) => entry).filter((entry) => entry.kid === kid);
  const added = about.find((entry) => entry.kind === "key.added");
  if (added === undefined && key.usedFrom.getTime() > now.getTime() - cacheMs) return false;
  if (added === undefined) throw notLogged(key, "its beginning is not in the log");
  if (
    added.spki !== `sha256:${hash("sha256", key.publicKey.spki)}` ||
    seconds(added.usedFrom) !== seconds(key.usedFrom)
  ) {
    throw new Lie("key-rewritten", `The key ${kid} is not as the log tells of it.`);
  }
  const retired = about.find((entry) => entry.kind === "key.retired");
  if (retired && key.retiredAt && seconds(retired.retiredAt) !== seconds(key.retiredAt)) {
    throw new Lie("key-rewritten", `The key ${kid} ends at another time than the log tells.`);
  }
  if (keyStatus(key, now) === "retired" && retired === undefined) throw notLogged(key, "its end is not in the log");
  return true;
}

/** Keys that the log has of this tenant and the site does not show could sign for it unseen. */
function requireShown(keys: readonly PublishedKey[], entries: readonly KeyEntry[]): void {
  const kids = keys.map(thumbprint);
  const tenants = tenantsOf(keys, entries);
  const hidden = entries.find(({ entry }) => tenants.has(entry.tenant ?? "") && !kids.includes(entry.kid));
  if (hidden === undefined) return;
  throw new Lie(
    "key-hidden",
    `Entry ${hidden.index} of the log names the key ${hidden.entry.kid}, which the site does not show.`,
  );
}

/** Whose site this is, by the log's word on its keys. */
export function tenantsOf(keys: readonly PublishedKey[], entries: readonly KeyEntry[]): ReadonlySet<string> {
  const kids = keys.map(thumbprint);
  const owners = entries.filter(({ entry }) => kids.includes(entry.kid)).map(({ entry }) => entry.tenant);
  return new Set(owners.filter((owner) => owner !== undefined));
}

/** A key that follows another is logged before it is used, and used before the other ends. */
function requireOverlap(entries: readonly KeyEntry[]): void {
  const last = new Map<string, KeyAdded>();
  const ends = new Map(
    entries.flatMap(({ entry }) => (entry.kind === "key.retired" ? [[entry.kid, entry.retiredAt] as const] : [])),
  );
  for (const { entry } of entries) {
    if (entry.kind !== "key.added") continue;
    const line = `${entry.use} ${entry.tenant ?? ""}`;
    const previous = last.get(line);
    last.set(line, entry);
    if (previous === undefined || previous.kid === entry.kid) continue;
    const end = ends.get(previous.kid);
    const gap = end !== undefined && new Date(end) < new Date(entry.usedFrom);
    if (gap || new Date(entry.usedFrom) <= new Date(entry.at)) {
      throw new Lie(
        "key-overlap",
        `The key ${entry.kid} was not published before its use while ${previous.kid} was good.`,
      );
    }
  }
}

const notLogged = (key: PublishedKey, why: string): Lie =>
  new Lie("key-not-logged", `The key ${thumbprint(key)} is in use, and ${why}.`);
