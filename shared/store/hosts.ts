/** Hosts of tenants' own: what a tenant claims, and which tenant has a host. */
import { HostClaim, nextLookup } from "#shared/tenant/host-claim.ts";
import type { HostName } from "#shared/tenant/host-name.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import { dueKeys } from "./due.ts";
import { duePartition, dueShards, keyAttributes, partitions, sorts } from "./keys.ts";
import type { Item, Key, Table, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

const claimKey = (scope: TenantScope, host: string): Key => ({
  pk: partitions.hosts(scope.tenant),
  sk: sorts.hostClaim(host),
});
const holderKey = (host: string): Key => ({ pk: partitions.host(host), sk: sorts.hostHolder() });

/** A tenant's claim to a host; `undefined` where it makes none. */
export async function readHostClaim(scope: TenantScope, host: string): Promise<HostClaim | undefined> {
  const item = await scope.table.get(claimKey(scope, host));
  return item && HostClaim.parse(item);
}

/** All claims of a tenant, by host; `most` of them, which is more than a tenant may have. */
export async function listHostClaims(scope: TenantScope, most: number): Promise<readonly HostClaim[]> {
  const { items } = await scope.table.list({ partition: partitions.hosts(scope.tenant), limit: most });
  return items.map((item) => HostClaim.parse(item));
}

/** The write that makes a claim, in the place of one that is over, or of none. */
export function newHostClaimWrite(
  scope: TenantScope,
  before: HostClaim | undefined,
  claim: HostClaim,
  now: Date,
): Write {
  return { put: toItem(scope, claim, now), guard: before ? { equals: claimedAs(before) } : "absent" };
}

/** The write that changes a claim, as it was read and nothing else. `now`: from when the next look-up is reckoned. */
export function changedHostClaim(scope: TenantScope, before: HostClaim, after: HostClaim, now: Date): Write {
  return { put: toItem(scope, after, now), guard: { equals: claimedAs(before) } };
}

/** The write that forgets a claim, as it was read and nothing else. */
export function forgottenHostClaim(scope: TenantScope, claim: HostClaim): Write {
  return { delete: claimKey(scope, claim.host), guard: { equals: claimedAs(claim) } };
}

/** The tenant that has a host. Crosses tenants: that is the question. Its own claim says whether the host is served. */
export async function holderOfHost(table: Table, host: string): Promise<TenantId | undefined> {
  const item = await table.get(holderKey(host));
  return item && TenantId.parse(item["tenant"]);
}

/** The write that gives a host to a tenant. `from`: who had it when that was looked up. Fails where that changed meanwhile. */
export function takeHost(scope: TenantScope, host: HostName, from: TenantId | undefined): Write {
  return { put: { ...holderKey(host), tenant: scope.tenant }, guard: from ? { equals: { tenant: from } } : "absent" };
}

/** The write that takes a host from a tenant. Fails where it is not the tenant's. */
export function freeHost(scope: TenantScope, host: HostName): Write {
  return { delete: holderKey(host), guard: { equals: { tenant: scope.tenant } } };
}

/** Claims to look after at `now`, at most about `most`. */
export async function dueHostClaims(
  table: Table,
  now: Date,
  most: number,
): Promise<readonly { readonly tenant: string; readonly host: string }[]> {
  const due = await dueKeys(table, "host", now, most);
  return due.map(({ key: { pk, sk } }) => ({ tenant: pk.split("#")[1] ?? "", host: decodeURIComponent(sk) }));
}

/** A claim withdrawn and made anew begins at the same revision: its random value tells it from the one before. */
const claimedAs = ({ revision, random }: HostClaim) => ({ revision, random });

function toItem(scope: TenantScope, claim: HostClaim, now: Date): Key & Item {
  const at = nextLookup(claim, now);
  const due = at && {
    [keyAttributes.duePartition]: duePartition("host", claim.host.length % dueShards),
    [keyAttributes.dueSort]: `${at.toISOString()}#${scope.tenant}#${claim.host}`,
  };
  return { ...claimKey(scope, claim.host), ...claim, ...due };
}
