/** How much is asked of an API before it says "later": all limits there are. */
import type { Limit } from "./bucket.ts";

export const limits = {
  /** A person, or a machine token. */
  caller: { capacity: 3_000, perSecond: 100, lease: 25 },
  /** An address, before it is known who asks from there: it may be a whole office. */
  address: { capacity: 6_000, perSecond: 200, lease: 50 },
} as const satisfies Readonly<Record<string, Limit>>;
