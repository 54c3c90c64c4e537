/**
 * What the public reads of releases: which one is shown, and which there were. `notary` writes it, once a release is logged and
 * signed; nobody else does, and there is nothing else for `trust-site` to go by.
 */
import { PublicRelease, ReleasePointer } from "#shared/release/public-release.ts";
import type { Withdrawal } from "#shared/release/release.ts";
import { partitions, sorts } from "./keys.ts";
import type { Key, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

const pointerKey = ({ tenant }: TenantScope): Key => ({
  pk: partitions.published(tenant),
  sk: sorts.releasePointer(),
});
const releaseKey = ({ tenant }: TenantScope, number: number): Key => ({
  pk: partitions.published(tenant),
  sk: sorts.release(number),
});

/** Which release the tenant's host shows; `undefined` before the first. */
export async function readReleasePointer(scope: TenantScope): Promise<ReleasePointer | undefined> {
  const item = await scope.table.get(pointerKey(scope));
  return item && ReleasePointer.parse(item);
}

/** One release as the public may know it; `undefined` where there is none, or none yet. */
export async function readPublicRelease(scope: TenantScope, number: number): Promise<PublicRelease | undefined> {
  const item = await scope.table.get(releaseKey(scope, number));
  return item && PublicRelease.parse(item);
}

/** Releases that are or were shown, the newest first. `before`: the last number of the page before. */
export async function listPublicReleases(
  scope: TenantScope,
  { limit, before }: { readonly limit: number; readonly before?: number | undefined },
): Promise<{ readonly releases: readonly PublicRelease[]; readonly next?: number }> {
  const { items, next } = await scope.table.list({
    ...{ partition: partitions.published(scope.tenant), prefix: sorts.release(), newestFirst: true, limit },
    ...(before === undefined ? {} : { after: { ...releaseKey(scope, before) } }),
  });
  const releases = items.map((item) => PublicRelease.parse(item));
  const last = releases.at(-1);
  return { releases, ...(next && last ? { next: last.release } : {}) };
}

/** The write that lets the public know of a release. Fails where it does already. */
export const newPublicRelease = (scope: TenantScope, release: PublicRelease): Write => ({
  put: { ...releaseKey(scope, release.release), ...release },
  guard: "absent",
});

/** The write that has a release shown. Fails where a newer one is. */
export const movePointer = (scope: TenantScope, pointer: ReleasePointer): Write => ({
  put: { ...pointerKey(scope), ...pointer },
  guard: { below: { release: pointer.release } },
});

/** The write that tells the public that a release's content was taken away. */
export const publicReleaseWithdrawn = (scope: TenantScope, { release, at, reason }: Withdrawal): Write => ({
  update: releaseKey(scope, release),
  set: { withdrawn: { at, reason } },
  guard: "present",
});
