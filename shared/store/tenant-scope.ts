import type { TenantId } from "#shared/tenant/tenant.ts";
import type { Table } from "./table.ts";

declare const opened: unique symbol;

/**
 * One tenant's part of what is stored. Every store function takes one, and builds its keys from `tenant` alone.
 * Only `shared/access` makes them; a lint rule keeps `openScope` from everybody else.
 */
export interface TenantScope {
  readonly tenant: TenantId;
  readonly table: Table;
  readonly [opened]: true;
}

export function openScope(table: Table, tenant: TenantId): TenantScope {
  return { tenant, table } as TenantScope;
}
