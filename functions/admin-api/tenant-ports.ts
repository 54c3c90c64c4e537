import type { Unwrapper } from "#shared/sealing/vault.ts";
import type { Objects } from "#shared/store/objects.ts";
import type { Table } from "#shared/store/table.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";
import type { KeyService } from "#shared/transit/key-service.ts";

/** What the API works with once it knows the tenant: each by the tenant's own credentials. */
export interface TenantPorts {
  readonly table: Table;
  readonly objects: Objects;
  readonly unwrapper: Unwrapper;
  /** Named keys. */
  readonly keys: KeyService;
  /** ARN of the platform's key for sealing. */
  readonly sealingKey: string;
}

export type AsTenant = (tenant: TenantId) => Promise<TenantPorts>;
