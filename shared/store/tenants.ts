/** All tenants there ever were, as the operator of the service sees them. Crosses tenants: that is what it is for. */
import type { Random } from "#shared/report/identifier.ts";
import { TenantId, type TenantProfile } from "#shared/tenant/tenant.ts";
import { claimAddress } from "./addresses.ts";
import { partitions, sorts } from "./keys.ts";
import { newMember, type Role, type Subject } from "./members.ts";
import { newProfile } from "./profiles.ts";
import { firstRenewal } from "./signing-keys.ts";
import type { Table, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

/** Who gets a role in a tenant from its beginning. */
export type FirstMember = Subject & { readonly role: Role };

const directoryKey = (tenant: TenantId) => ({ pk: partitions.directory(), sk: sorts.directoryEntry(tenant) });

/**
 * The writes that create a tenant: its profile, its addresses, its first members, its place in the directory, and that its keys
 * are to be made. They fail as a whole where the slug was ever used or an address is another's: see `obstacleTo`.
 */
export function newTenant(
  scope: TenantScope,
  profile: TenantProfile,
  members: readonly FirstMember[],
  random: Random,
): readonly Write[] {
  return [
    { put: { ...directoryKey(scope.tenant), tenant: scope.tenant }, guard: "absent" },
    newProfile(scope, profile),
    firstRenewal(scope),
    ...profile.contacts.map((address) => claimAddress(scope, address)),
    ...members.map(({ role, ...who }) => newMember(scope, who, role, random)),
  ];
}

/** What the writes of `newTenant` failed at, by the positions of those whose guard did not hold. */
export function obstacleTo(profile: TenantProfile, positions: readonly number[]): "slug" | "address" | undefined {
  const addresses = 3;
  if (positions.some((position) => position < addresses)) return "slug";
  return positions.some((position) => position < addresses + profile.contacts.length) ? "address" : undefined;
}

/** Slugs in their order, those of deleted tenants too. `after`: the last one of the page before. */
export async function listTenants(
  table: Table,
  page: { readonly limit: number; readonly after?: TenantId | undefined },
): Promise<{ readonly tenants: readonly TenantId[]; readonly next?: TenantId }> {
  const { items, next } = await table.list({
    partition: partitions.directory(),
    limit: page.limit,
    ...(page.after === undefined ? {} : { after: directoryKey(page.after) }),
  });
  const tenants = items.map(({ tenant }) => TenantId.parse(tenant));
  const last = tenants.at(-1);
  return { tenants, ...(next && last ? { next: last } : {}) };
}
