import type { Random } from "#shared/report/identifier.ts";
import type { Signer } from "#shared/signing/signer.ts";
import type { MadeKey } from "#shared/signing/signing-key.ts";
import type { LedgerStore } from "#shared/store/ledger-tiles.ts";
import type { Table } from "#shared/store/table.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";

/** What the door works with. Nothing here opens what is sealed. */
export interface NotaryPorts {
  readonly table: Table;
  readonly ledger: LedgerStore;
  /** Hosts of tenants are `<tenant>.<siteDomain>`; logs are named by it too. */
  readonly siteDomain: string;
  readonly mailDomain: string;
  /** The deployment's own keys, as its environment names them. */
  readonly platformKeys: Readonly<Record<"checkpoints" | "receipts", () => Promise<MadeKey>>>;
  /** Makes a KMS key to sign with for a tenant. */
  readonly makeKey: (tenant: TenantId) => Promise<MadeKey>;
  readonly signerOf: (key: MadeKey) => Promise<Signer>;
  readonly now: () => Date;
  readonly random: Random;
}
