/** A tenant's named keys: which KMS key is which version, and what may be done with it. No secret is in them. */
import type { SealingVersion } from "#shared/sealing/wrapped-key.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import { NamedKey, sealingKeyName } from "#shared/transit/key.ts";
import { dueKeys } from "./due.ts";
import { duePartition, dueShards, keyAttributes, partitions, sorts } from "./keys.ts";
import type { Table, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

const place = (scope: TenantScope, name: string) => ({
  pk: partitions.namedKeys(scope.tenant),
  sk: sorts.namedKey(name),
});

/** The key of that name; `undefined` also for one that was deleted. */
export async function readNamedKey(scope: TenantScope, name: string): Promise<NamedKey | undefined> {
  const item = await scope.table.get(place(scope, name));
  const key = item && NamedKey.parse(item);
  return key?.deletedAt === undefined ? key : undefined;
}

/** Where private keys of a tenant are to stand now. */
export async function readSealingVersion(scope: TenantScope, platformKey: string): Promise<SealingVersion> {
  const { version, kmsKey } = (await readNamedKey(scope, sealingKeyName))?.versions.at(-1) ?? {
    version: 1,
    kmsKey: platformKey,
  };
  return { version, kmsKey };
}

/** Keys by name. `after`: the last name of the page before. */
export async function listNamedKeys(
  scope: TenantScope,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly keys: readonly NamedKey[]; readonly next?: string }> {
  const { items, next } = await scope.table.list({
    partition: partitions.namedKeys(scope.tenant),
    limit: page.limit,
    ...(page.after === undefined ? {} : { after: place(scope, page.after) }),
  });
  const all = items.map((item) => NamedKey.parse(item));
  const last = all.at(-1);
  const keys = all.filter(({ deletedAt }) => deletedAt === undefined);
  return { keys, ...(next && last ? { next: last.name } : {}) };
}

/** The write that makes a key. Fails where the name was ever used. */
export function newNamedKey(scope: TenantScope, key: NamedKey): Write {
  return { put: toItem(scope, key), guard: "absent" };
}

/** The write that changes a key, as it was read and nothing else. The tenant's sealing key is stored when it is first changed. */
export function changedNamedKey(scope: TenantScope, { name, revision }: NamedKey, after: NamedKey): Write {
  const isFirst = name === sealingKeyName && revision === 1;
  return { put: toItem(scope, after), guard: isFirst ? "absent" : { equals: { revision } } };
}

/** A named key whose period is over, and when it was. */
export interface DueRotation {
  readonly tenant: TenantId;
  readonly name: string;
  readonly rotateAt: string;
}

/** Keys of all tenants that are to be rotated at `now`, at most about `most`; reads the index and nothing else. */
export async function dueRotations(table: Table, now: Date, most: number): Promise<readonly DueRotation[]> {
  const found = await dueKeys(table, "rotation", now, most);
  return found.map(({ key: { pk, sk }, at }) => ({
    tenant: TenantId.parse(pk.split("#")[1]),
    name: decodeURIComponent(sk),
    rotateAt: at.split("#")[0] ?? "",
  }));
}

/** A key with a period waits in the due index for its next rotation. */
function toItem(scope: TenantScope, key: NamedKey) {
  const { rotateAt, deletedAt } = key;
  const due =
    rotateAt === undefined || deletedAt !== undefined
      ? {}
      : {
          [keyAttributes.duePartition]: duePartition("rotation", shardOf(key.name)),
          [keyAttributes.dueSort]: `${rotateAt}#${scope.tenant}#${key.name}`,
        };
  return { ...place(scope, key.name), ...key, ...due };
}

const shardOf = (name: string): number => [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % dueShards;
