import type { Random } from "#shared/report/identifier.ts";
import type { Digester, Wrapper } from "#shared/sealing/vault.ts";
import type { Objects } from "#shared/store/objects.ts";
import type { Table } from "#shared/store/table.ts";

/** What the door works with. Nothing here can open what it seals. */
export interface InboundPorts {
  readonly table: Table;
  readonly objects: Objects;
  readonly wrapper: Wrapper;
  readonly digester: Digester;
  readonly rawBucket: string;
  readonly sealedBucket: string;
  readonly mailDomain: string;
  readonly now: () => Date;
  readonly random: Random;
}
