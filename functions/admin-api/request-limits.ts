/** Who is limited, and under which name a bucket is kept: one that does not say who it is. */
import { createHmac, hash } from "node:crypto";
import type { Caller } from "#shared/access/caller.ts";
import type { ApiSecret } from "#shared/http/api-secret.ts";
import { type Limited, rateLimiter } from "#shared/http/rate-limiter.ts";
import { addressBlock } from "#shared/rate/address-block.ts";
import { limits } from "#shared/rate/limits.ts";
import { takeTokens } from "#shared/store/rate-buckets.ts";
import type { Table } from "#shared/store/table.ts";

interface Settings {
  readonly table: Table;
  readonly secret: ApiSecret;
  readonly now: () => Date;
  readonly report: (error: unknown, request: string) => void;
}

/** An address is known here under a name of the day, made with the API's secret: kept, it would be a person's. */
export function requestLimits({ table, secret, now, report }: Settings) {
  const kept = async (name: string): Promise<string> => {
    if (!name.startsWith("address ")) return name;
    return `address ${createHmac("sha256", await secret("addresses"))
      .update(name)
      .digest("hex")}`;
  };
  const { admit } = rateLimiter({
    take: async (name, limit) => takeTokens(table, await kept(name), limit, now()),
    now,
    report: (error) => report(error, ""),
  });
  return admit;
}

export const callerLimited = (who: Caller, changes: boolean): Limited => ({
  name: `caller ${hash("sha256", JSON.stringify(who.kind === "person" ? [who.issuer, who.subject] : [who.tenant, who.token]))}`,
  limit: limits.caller,
  changes,
});

export const addressLimited = (address: string, now: Date, changes: boolean): Limited => ({
  name: `address ${now.toISOString().slice(0, 10)} ${addressBlock(address)}`,
  limit: limits.address,
  changes,
});
