import type { Unwrapper } from "#shared/sealing/vault.ts";
import type { Objects } from "#shared/store/objects.ts";
import type { Table } from "#shared/store/table.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";
import type { KeyService } from "#shared/transit/key-service.ts";

/** What a job works with: each by credentials of the role `jobs-tenant`, tagged with the one tenant that the job is of. */
export interface TenantPorts {
  readonly table: Table;
  /** Named keys. */
  readonly keys: KeyService;
  readonly objects: Objects;
  readonly unwrapper: Unwrapper;
  readonly buckets: Readonly<Record<"sealed" | "ledger" | "releases" | "exports", string>>;
  /** ARN of the platform's key for sealing. */
  readonly sealingKey: string;
}

export type AsTenant = (tenant: TenantId) => Promise<TenantPorts>;
