/** What Candor keeps under which version of a tenant's key, as a job last counted it. */
import * as z from "zod";
import { Instant } from "#shared/report/report.ts";
import type { WrappedKey } from "#shared/sealing/wrapped-key.ts";
import { partitions, sorts } from "./keys.ts";
import type { Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

export const UsedVersion = z.strictObject({
  kind: z.enum(["conversation", "outbox", "quarantine"]),
  version: z.int().min(1),
  objects: z.int().min(0),
  /** Of them: those that wait for the version's KMS key to be enabled again, and that nobody can open until then. */
  sheltered: z.int().min(0),
});
export type UsedVersion = z.infer<typeof UsedVersion>;

const Usage = z.object({
  key: z.string(),
  /** The newest version when it was counted. */
  version: z.int().min(1),
  countedAt: Instant,
  objects: z.array(UsedVersion),
});
export type Usage = z.infer<typeof Usage>;

const place = (scope: TenantScope, key: string) => ({ pk: partitions.keyUsage(scope.tenant), sk: sorts.keyUsage(key) });

export async function readKeyUsage(scope: TenantScope, key: string): Promise<Usage | undefined> {
  const item = await scope.table.get(place(scope, key));
  return item && Usage.parse(item);
}

/** The write that keeps a count in the place of the one before. */
export function keyUsageWrite(scope: TenantScope, usage: Usage): Write {
  return { put: { ...place(scope, usage.key), ...usage } };
}

/** The counts with one object more. */
export function addToUsage(
  counts: Usage["objects"],
  kind: UsedVersion["kind"],
  { wrappedVersion = 1, shelteredAt }: WrappedKey,
): Usage["objects"] {
  const isSame = (one: UsedVersion) => one.kind === kind && one.version === wrappedVersion;
  const { objects, sheltered } = counts.find(isSame) ?? { objects: 0, sheltered: 0 };
  const more = {
    ...{ kind, version: wrappedVersion, objects: objects + 1 },
    sheltered: sheltered + (shelteredAt === undefined ? 0 : 1),
  };
  return [...counts.filter((one) => !isSame(one)), more];
}
