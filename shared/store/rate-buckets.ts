/** Token buckets, one for each who is limited, under a name that does not say who it is. They are gone a day later. */
import * as z from "zod";
import { type Limit, take } from "#shared/rate/bucket.ts";
import { keyAttributes, partitions, sorts } from "./keys.ts";
import { GuardFailed, type Table } from "./table.ts";

const attempts = 4;
const keptFor = 86_400;

const StoredBucket = z.object({ level: z.number(), at: z.number(), revision: z.int() });

/** Takes a lease of tokens; `granted` is 0 where there is none, or too many ask at once. */
export async function takeTokens(
  table: Table,
  name: string,
  limit: Limit,
  now: Date,
): Promise<{ readonly granted: number; readonly retryAfter: number }> {
  const key = { pk: partitions.rate(name), sk: sorts.rateBucket() };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const item = await table.get(key);
    const before = item && StoredBucket.parse(item);
    const { bucket, ...taken } = take(before, limit, now.getTime(), limit.lease);
    if (taken.granted === 0) return taken;
    const expiry = { [keyAttributes.expiry]: Math.ceil(now.getTime() / 1000) + keptFor };
    const put = { ...key, ...bucket, revision: (before?.revision ?? 0) + 1, ...expiry };
    try {
      await table.write({ put, guard: before ? { equals: { revision: before.revision } } : "absent" });
      return taken;
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error;
    }
  }
  return { granted: 0, retryAfter: 1 };
}
