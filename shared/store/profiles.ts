import { isToBeDeleted } from "#shared/tenant/standing.ts";
import { closedProfile, TenantId, TenantProfile } from "#shared/tenant/tenant.ts";
import { movedAddresses } from "./addresses.ts";
import { dueKeys } from "./due.ts";
import { duePartition, dueShards, keyAttributes, partitions, sorts } from "./keys.ts";
import type { Item, Key, Table, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

const key = (tenant: TenantId): Key => ({ pk: partitions.tenant(tenant), sk: sorts.profile() });

/** The tenant's profile; `undefined` when there is no such tenant. */
export async function readProfile(scope: TenantScope): Promise<TenantProfile | undefined> {
  const item = await scope.table.get(key(scope.tenant));
  return item && profileIn(item);
}

/** The profiles of up to 100 tenants, in no order. Crosses tenants: for who looks after all of them. */
export async function readProfiles(table: Table, tenants: readonly TenantId[]): Promise<readonly TenantProfile[]> {
  return (await table.getMany(tenants.map(key))).map(profileIn);
}

/** The write that creates a tenant's profile. Fails when the slug was ever used. */
export function newProfile(scope: TenantScope, profile: TenantProfile): Write {
  return { put: toItem(scope, profile), guard: "absent" };
}

/** The write that changes a profile, as it was read and nothing else. */
export function changedProfile(scope: TenantScope, before: TenantProfile, after: TenantProfile): Write {
  return { put: toItem(scope, after), guard: { equals: { version: before.version } } };
}

/**
 * The write that makes a tenant, whose time in which that could be taken back is over, a deleted one: nothing of it is served any
 * more, and nothing but its slug is left in its profile. Belongs into the transaction that begins to destroy the rest.
 */
export function deletedProfile(scope: TenantScope, before: TenantProfile, now: Date): Write {
  if (!isToBeDeleted(before.standing, now)) throw new RangeError("This tenant is not to be deleted yet.");
  return changedProfile(scope, before, closedProfile(before, now));
}

/** Tenants that are to be deleted at `now`, at most about `most`. Read each again before: it may have been taken back. */
export async function dueDeletions(table: Table, now: Date, most: number): Promise<readonly TenantId[]> {
  const due = await dueKeys(table, "closing", now, most);
  return due.map(({ key: { pk } }) => TenantId.parse(pk.split("#")[1]));
}

/**
 * The writes that change a profile together with the addresses that it names. The first fails where somebody else changed it, the
 * others where an address is another tenant's.
 */
export function profileChange(scope: TenantScope, before: TenantProfile, after: TenantProfile): readonly Write[] {
  return [changedProfile(scope, before, after), ...movedAddresses(scope, before.contacts, after.contacts)];
}

const profileIn = (item: Item): TenantProfile => TenantProfile.parse(item["profile"]);

/** A tenant that is about to be deleted waits for that in the due index. */
function toItem({ tenant }: TenantScope, profile: TenantProfile): Key & Item {
  const { version, standing } = profile;
  const due =
    standing.state === "closing"
      ? {
          [keyAttributes.duePartition]: duePartition("closing", tenant.charCodeAt(0) % dueShards),
          [keyAttributes.dueSort]: `${standing.until}#${tenant}`,
        }
      : {};
  return { ...key(tenant), profile, version, ...due };
}
