import { TrustRule } from "#shared/identity/trust-rule.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";
import { partitions, sorts } from "./keys.ts";
import type { Table, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

const key = ({ tenant }: TenantScope, id: string) => ({ pk: partitions.trustRules(tenant), sk: sorts.trustRule(id) });

/** All rules of a tenant, which are few; read before it is known who asks. None for a tenant that never was. */
export async function readTrustRules(table: Table, tenant: TenantId): Promise<readonly TrustRule[]> {
  const { items } = await table.list({ partition: partitions.trustRules(tenant) });
  return items.map((item) => TrustRule.parse(item));
}

export async function readTrustRule(scope: TenantScope, id: string): Promise<TrustRule | undefined> {
  const item = await scope.table.get(key(scope, id));
  return item && TrustRule.parse(item);
}

export function newTrustRuleWrite(scope: TenantScope, rule: TrustRule): Write {
  return { put: { ...key(scope, rule.id), ...rule }, guard: "absent" };
}

/** The write that changes a rule, as it was read and nothing else. */
export function changedTrustRuleWrite(scope: TenantScope, before: TrustRule, after: TrustRule): Write {
  return { put: { ...key(scope, after.id), ...after }, guard: { equals: { revision: before.revision } } };
}

export function removedTrustRule(scope: TenantScope, { id, revision }: TrustRule): Write {
  return { delete: key(scope, id), guard: { equals: { revision } } };
}
