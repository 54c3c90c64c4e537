import type { ReleaseStore } from "#shared/store/release-bodies.ts";
import type { SubscriptionKeyOf } from "#shared/store/subscription-keys.ts";
import type { Table } from "#shared/store/table.ts";

/** What the door works with. It hands sealed addresses on and can't open one. */
export interface NewsPorts {
  readonly table: Table;
  readonly releases: ReleaseStore;
  readonly keyOf: SubscriptionKeyOf;
  readonly mailDomain: string;
  /** Where a tenant's pages are: `https://{tenant}.example.com`. */
  readonly siteUrl: string;
}
