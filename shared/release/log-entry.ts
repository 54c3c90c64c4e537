/** What the public log is told of a release: that it was published, and that it was taken away. */
import type { PublicEntry } from "#shared/ledger/public-entry.ts";
import { digestOf } from "./digest.ts";
import type { ReleaseFacts, Withdrawal } from "./release.ts";
import { releaseStatement } from "./statement.ts";

export function publishedEntry(tenant: string, release: ReleaseFacts): PublicEntry {
  const { number, body, at } = release;
  const statement = digestOf(releaseStatement(tenant, release));
  return { v: 1, kind: "release.published", tenant, release: number, body, statement, at };
}

export function withdrawnEntry(tenant: string, { release, body, at }: Withdrawal): PublicEntry {
  return { v: 1, kind: "release.withdrawn", tenant, release, body, at };
}
