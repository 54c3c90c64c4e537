/** A tenant's releases and withdrawals from when they are made. `publisher` makes them; `notary` notes when they are carried out. */
import { publishedEntry, withdrawnEntry } from "#shared/release/log-entry.ts";
import { Release, type ReleaseHead, Withdrawal } from "#shared/release/release.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import { dueAttributes, dueKeys, notDue } from "./due.ts";
import { partitions, sorts } from "./keys.ts";
import { publicLogWrite } from "./pending.ts";
import type { Key, Table, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

/** How long after it is written the schedule looks for one that the stream should have brought. */
const streamGrace = 60_000;

const headKey = ({ tenant }: TenantScope): Key => ({ pk: partitions.releases(tenant), sk: sorts.releaseHead() });
const releaseKey = ({ tenant }: TenantScope, number: number): Key => ({
  pk: partitions.releases(tenant),
  sk: sorts.release(number),
});
const withdrawalKey = ({ tenant }: TenantScope, release: number): Key => ({
  pk: partitions.releases(tenant),
  sk: sorts.withdrawal(release),
});

export async function readReleaseHead(scope: TenantScope): Promise<ReleaseHead> {
  const item = await scope.table.get(headKey(scope));
  return item ? { newest: Number(item["newest"]), body: String(item["body"]) } : { newest: 0, body: null };
}

export async function readRelease(scope: TenantScope, number: number): Promise<Release | undefined> {
  const item = await scope.table.get(releaseKey(scope, number));
  return item && Release.parse(item);
}

/** Releases, the newest first. `before`: the last number of the page before. */
export async function listReleases(
  scope: TenantScope,
  { limit, before }: { readonly limit: number; readonly before?: number | undefined },
): Promise<{ readonly releases: readonly Release[]; readonly next?: number }> {
  const { items, next } = await scope.table.list({
    ...{ partition: partitions.releases(scope.tenant), prefix: sorts.release(), newestFirst: true, limit },
    ...(before === undefined ? {} : { after: { ...releaseKey(scope, before) } }),
  });
  const releases = items.map((item) => Release.parse(item));
  const last = releases.at(-1);
  return { releases, ...(next && last ? { next: last.number } : {}) };
}

/**
 * The writes that make a release, pending, and have the public log told of it. They fail where another one was made since the
 * head was read.
 */
export function newRelease(scope: TenantScope, head: ReleaseHead, release: Release): readonly Write[] {
  const { number, body } = release;
  const due = dueAttributes("release", `${scope.tenant}#${String(number)}`, later(release.at));
  return [
    {
      update: headKey(scope),
      set: { newest: number, body },
      guard: { equals: { newest: head.newest === 0 ? null : head.newest } },
    },
    { put: { ...releaseKey(scope, number), ...release, ...due }, guard: "absent" },
    publicLogWrite(publishedEntry(scope.tenant, release)),
  ];
}

/** The writes that note a withdrawal, and have the public log told of it. They fail where it was noted before. */
export function newWithdrawal(scope: TenantScope, withdrawal: Withdrawal): readonly Write[] {
  const { release, at } = withdrawal;
  const due = dueAttributes("release", `${scope.tenant}#${String(release)}`, later(at));
  return [
    { put: { ...withdrawalKey(scope, release), ...withdrawal, ...due }, guard: "absent" },
    publicLogWrite(withdrawnEntry(scope.tenant, withdrawal)),
  ];
}

export async function readWithdrawal(scope: TenantScope, release: number): Promise<Withdrawal | undefined> {
  const item = await scope.table.get(withdrawalKey(scope, release));
  return item && Withdrawal.parse(item);
}

/** Writes nothing: fails where a release is not to be read any more, or is about to be taken away. */
export function stillShown(scope: TenantScope, number: number): readonly Write[] {
  return [
    { check: releaseKey(scope, number), guard: { equals: { state: "published" } } },
    { check: withdrawalKey(scope, number), guard: "absent" },
  ];
}

/** The write that notes a release as shown. Fails where it was noted before. */
export function releasePublished(scope: TenantScope, { number }: Release, publishedAt: string): Write {
  return {
    update: releaseKey(scope, number),
    set: { state: "published", publishedAt },
    remove: notDue,
    guard: { equals: { state: "pending" } },
  };
}

/** The writes that note a release as taken away. They fail where that was noted before. */
export function releaseWithdrawn(scope: TenantScope, { release }: Withdrawal): readonly Write[] {
  return [
    { update: releaseKey(scope, release), set: { state: "withdrawn" }, guard: { equals: { state: "published" } } },
    { update: withdrawalKey(scope, release), remove: notDue, guard: "present" },
  ];
}

/** A release, or a withdrawal, that waits for `notary`. */
export interface ReleaseWork {
  readonly kind: "release" | "withdrawal";
  readonly tenant: TenantId;
  readonly number: number;
}

/** What an item of the partition asks for; `undefined` for items of other kinds. */
export function releaseWork({ pk, sk }: Key): ReleaseWork | undefined {
  const tenant = TenantId.safeParse(pk.split("#")[1]);
  if (!tenant.success || pk !== partitions.releases(tenant.data)) return undefined;
  const [kind, digits] = sk.split("#");
  const number = Number(digits);
  if (sk === sorts.release(number) || sk === sorts.withdrawal(number))
    return { kind: kind === "RELEASE" ? "release" : "withdrawal", tenant: tenant.data, number };
  return undefined;
}

/** Keys of the releases and withdrawals that are due at `now`, at most about `most`. */
export async function dueReleases(table: Table, now: Date, most: number): Promise<readonly Key[]> {
  return (await dueKeys(table, "release", now, most)).map(({ key }) => key);
}

const later = (at: string): Date => new Date(Date.parse(at) + streamGrace);
