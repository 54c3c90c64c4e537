import { TenantProfile } from "#shared/tenant/tenant.ts";
import { partitions, sorts } from "./keys.ts";
import type { Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

const key = (scope: TenantScope) => ({ pk: partitions.tenant(scope.tenant), sk: sorts.profile() });

/** The tenant's profile; `undefined` when there is no such tenant. */
export async function readProfile(scope: TenantScope): Promise<TenantProfile | undefined> {
  const item = await scope.table.get(key(scope));
  return item && TenantProfile.parse(item["profile"]);
}

/** The write that creates a tenant's profile. Fails when the slug was ever used. */
export function newProfile(scope: TenantScope, profile: TenantProfile): Write {
  return { put: { ...key(scope), profile }, guard: "absent" };
}
