import type { Random } from "#shared/report/identifier.ts";
import type { Objects } from "#shared/store/objects.ts";
import type { Table } from "#shared/store/table.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";

/** What the door works with. By itself it finds what is due, and no more. */
export interface PublisherPorts {
  readonly table: Table;
  /** Table and objects as a tenant's role has them. */
  readonly asTenant: (tenant: TenantId) => Promise<{ readonly table: Table; readonly objects: Objects }>;
  /** The bucket of release bodies. */
  readonly bucket: string;
  readonly now: () => Date;
  readonly random: Random;
}
