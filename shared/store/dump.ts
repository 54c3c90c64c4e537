/** Items of a tenant as JSON, as they are kept: for an export. */
import { keyAttributes } from "./keys.ts";
import type { Item } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

/** Attributes that only say where an item is, and when it is looked at. */
const placing: ReadonlySet<string> = new Set(Object.values(keyAttributes));

/** The items of a partition without what places them; bytes as base64, sets as lists. */
export async function* dumped(
  { table }: TenantScope,
  { partition, prefix = "" }: { readonly partition: string; readonly prefix?: string },
): AsyncGenerator<unknown> {
  let after: Item | undefined;
  do {
    const page = await table.list({ partition, prefix, ...(after ? { after } : {}) });
    for (const item of page.items)
      yield Object.fromEntries(
        Object.entries(item).flatMap(([name, value]) => (placing.has(name) ? [] : [[name, plain(value)]])),
      );
    after = page.next;
  } while (after);
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Set) return [...value].map(plain);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
