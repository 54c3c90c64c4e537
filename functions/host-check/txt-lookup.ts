import { Resolver } from "node:dns/promises";
import type { DnsServers } from "#shared/config.ts";
import type { TxtAnswer } from "#shared/tenant/host-claim.ts";

/** Answers that say for certain that there is no such record (RFC 2308 section 2). */
const nothingThere: readonly unknown[] = ["ENOTFOUND", "ENODATA"];

/** Looks up TXT records, each of its strings joined (RFC 1035 section 3.3.14), past every cache but the servers' own. */
export function txtLookup(servers: DnsServers): (name: string) => Promise<TxtAnswer> {
  if (servers === "none") return async () => undefined;
  return async (name) => {
    const resolver = new Resolver({ timeout: 3_000, tries: 2 });
    if (servers !== "system") resolver.setServers(servers);
    try {
      return (await resolver.resolveTxt(name)).map((strings) => strings.join(""));
    } catch (error) {
      return nothingThere.includes((error as NodeJS.ErrnoException).code) ? [] : undefined;
    }
  };
}
