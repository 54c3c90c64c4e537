import { TenantId } from "#shared/tenant/tenant.ts";
import { partitions, sorts } from "./keys.ts";
import type { Table, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

const key = (address: string) => ({ pk: partitions.address(address), sk: sorts.addressee() });

/** The tenant that an address outside the mail domain belongs to. Crosses tenants: that is the question. */
export async function tenantOfAddress(table: Table, address: string): Promise<TenantId | undefined> {
  const item = await table.get(key(address));
  return item && TenantId.parse(item["tenant"]);
}

/** The write that claims an address for a tenant. Fails when it is taken. */
export function claimAddress(scope: TenantScope, address: string): Write {
  return { put: { ...key(address), tenant: scope.tenant }, guard: "absent" };
}

/** The writes that give up the addresses which a tenant does not name any more, and claim those that it names now. */
export function movedAddresses(scope: TenantScope, before: readonly string[], after: readonly string[]): Write[] {
  const given = before.filter((address) => !after.includes(address));
  const claimed = after.filter((address) => !before.includes(address));
  return [
    ...given.map((address): Write => ({ delete: key(address), guard: { equals: { tenant: scope.tenant } } })),
    ...claimed.map((address) => claimAddress(scope, address)),
  ];
}
