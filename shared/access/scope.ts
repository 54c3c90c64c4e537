/** The only places where a tenant's scope is made: from who was written to, from who is asking, from whose work it is. */
import { tenantOfAddress } from "#shared/store/addresses.ts";
import { holderOfHost, readHostClaim } from "#shared/store/hosts.ts";
import { type Role, readMembership } from "#shared/store/members.ts";
import { readProfile } from "#shared/store/profiles.ts";
import type { Table } from "#shared/store/table.ts";
import { openScope, type TenantScope } from "#shared/store/tenant-scope.ts";
import { isServed } from "#shared/tenant/host-claim.ts";
import { HostName, isServiceHost } from "#shared/tenant/host-name.ts";
import { TenantId, type TenantProfile } from "#shared/tenant/tenant.ts";
import type { Caller } from "./caller.ts";
import { type Permission, permissionsOf } from "./permissions.ts";

export interface KnownTenant {
  readonly scope: TenantScope;
  readonly profile: TenantProfile;
}

/** The tenant whose host or mail domain this is: `<tenant>.<domain>`. */
async function scopeOfHost(table: Table, host: string, domain: string): Promise<KnownTenant | undefined> {
  const suffix = `.${domain}`;
  if (!host.endsWith(suffix)) return undefined;
  const tenant = TenantId.safeParse(host.slice(0, -suffix.length));
  return tenant.success ? known(table, tenant.data) : undefined;
}

/** The tenant whose public host this is: `<tenant>.<siteDomain>`, or a host of its own that it has proven. */
export async function scopeOfSite(table: Table, host: string, siteDomain: string): Promise<KnownTenant | undefined> {
  if (isServiceHost(host, siteDomain)) return scopeOfHost(table, host, siteDomain);
  const name = HostName.safeParse(host);
  const tenant = name.success ? await holderOfHost(table, name.data) : undefined;
  if (!name.success || !tenant) return undefined;
  const claim = await readHostClaim(openScope(table, tenant), name.data);
  return claim && isServed(claim) ? known(table, tenant) : undefined;
}

/** The tenant that an envelope recipient belongs to: by its own mail domain, else by an address that it claimed. */
export async function scopeOfRecipient(
  table: Table,
  recipient: string,
  mailDomain: string,
): Promise<KnownTenant | undefined> {
  const address = recipient.toLowerCase();
  const host = address.slice(address.lastIndexOf("@") + 1);
  const ofDomain = await scopeOfHost(table, host, mailDomain);
  if (ofDomain) return unlessDeleted(ofDomain);
  const tenant = await tenantOfAddress(table, address);
  return tenant && unlessDeleted(await known(table, tenant));
}

/** Whoever has suspended a tenant, or begun to delete it, may take that back: its mail is kept. A deleted one has none any more. */
const unlessDeleted = (tenant: KnownTenant | undefined): KnownTenant | undefined =>
  tenant?.profile.standing.state === "closed" ? undefined : tenant;

/** Who asks, once it is known for which tenant. */
export interface Entrant {
  readonly scope: TenantScope;
  /** What the audit calls whoever asks. */
  readonly member: string;
  /** Of a person; a machine has scopes and no role. */
  readonly role?: Role;
  readonly permissions: ReadonlySet<Permission>;
}

/**
 * The scope of a tenant for one of its members, or for a machine of its own; `undefined` for everybody else, and for tenants that
 * never were. `asTenant` gives the table as seen by the tenant's role.
 */
export async function scopeOfCaller(
  table: Table,
  tenant: string,
  caller: Caller,
  asTenant: (tenant: TenantId) => Promise<Table>,
): Promise<Entrant | undefined> {
  const id = TenantId.safeParse(tenant);
  if (!id.success) return undefined;
  if (caller.kind === "machine") {
    if (caller.tenant !== id.data) return undefined;
    return { scope: openScope(await asTenant(id.data), id.data), member: caller.token, permissions: caller.scopes };
  }
  const membership = await readMembership(table, id.data, caller);
  if (!membership) return undefined;
  const scope = openScope(await asTenant(id.data), id.data);
  return { scope, ...membership, permissions: permissionsOf(membership.role) };
}

/** The scope of a tenant that gives a token to whom one of its trust rules names; `table` as seen by the tenant's role. */
export function scopeOfExchange(tenant: TenantId, table: Table): TenantScope {
  return openScope(table, tenant);
}

/** The tenant whose item is being worked on: its name comes from a key that the store itself made. */
export function scopeOfWork(table: Table, tenant: string): TenantScope {
  return openScope(table, TenantId.parse(tenant));
}

/** The tenant by whose name somebody was refused, whether there is one or not: for its log alone. */
export function scopeOfRefused(table: Table, tenant: string): TenantScope | undefined {
  const id = TenantId.safeParse(tenant);
  return id.success ? openScope(table, id.data) : undefined;
}
/** The same, with what is known of the tenant; `undefined` where its record is gone. */
export const tenantOfWork = (table: Table, tenant: TenantId): Promise<KnownTenant | undefined> => known(table, tenant);

/** The scope of a tenant that is being created. */
export function scopeOfNewTenant(table: Table, tenant: TenantId): TenantScope {
  return openScope(table, tenant);
}

async function known(table: Table, tenant: TenantId): Promise<KnownTenant | undefined> {
  const scope = openScope(table, tenant);
  const profile = await readProfile(scope);
  return profile && { scope, profile };
}
