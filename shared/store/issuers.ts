import { Issuer } from "#shared/identity/issuer.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";
import { partitions, sorts } from "./keys.ts";
import type { Table, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

const key = (tenant: TenantId, issuer: string) => ({ pk: partitions.issuers(tenant), sk: sorts.issuer(issuer) });

/** The tenant's provider of that very name; read before it is known who asks. */
export async function readIssuer(table: Table, tenant: TenantId, issuer: string): Promise<Issuer | undefined> {
  const item = await table.get(key(tenant, issuer));
  return item && Issuer.parse(item);
}

/** All of them; they are few. */
export async function listIssuers({ table, tenant }: TenantScope): Promise<readonly Issuer[]> {
  const { items } = await table.list({ partition: partitions.issuers(tenant) });
  return items.map((item) => Issuer.parse(item));
}

/** The write that adds a provider. Fails where the tenant has it already. */
export function newIssuerWrite({ tenant }: TenantScope, issuer: Issuer): Write {
  return { put: { ...key(tenant, issuer.issuer), ...issuer }, guard: "absent" };
}

/** The write that takes a provider away: from the next request on its people are nobody. */
export function removedIssuer({ tenant }: TenantScope, { issuer }: Issuer): Write {
  return { delete: key(tenant, issuer), guard: "present" };
}
