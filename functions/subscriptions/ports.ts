import type { Random } from "#shared/report/identifier.ts";
import type { Wrapper } from "#shared/sealing/vault.ts";
import type { SubscriptionKeyOf } from "#shared/store/subscription-keys.ts";
import type { Table } from "#shared/store/table.ts";

/** What the door works with. It seals addresses and can't open one. */
export interface SubscriptionPorts {
  readonly table: Table;
  readonly wrapper: Wrapper;
  /** The key by which addresses are found again; it never leaves KMS but derived. */
  readonly keyOf: SubscriptionKeyOf;
  readonly siteDomain: string;
  readonly mailDomain: string;
  /** Where a tenant's pages are: `https://{tenant}.example.com`. */
  readonly siteUrl: string;
  readonly now: () => Date;
  readonly random: Random;
  /** Told of what went wrong without anybody's intention; never of a request's content. */
  readonly report: (error: unknown, request: string) => void;
}
