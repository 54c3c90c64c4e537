import { duePartition, dueShards, keyAttributes } from "./keys.ts";
import type { Item, Key, Table } from "./table.ts";

/** The place in the due index of what waits for a moment. `id` spreads it over the shards. */
export function dueAttributes(kind: Parameters<typeof duePartition>[0], id: string, at: Date): Item {
  return {
    [keyAttributes.duePartition]: duePartition(kind, shardOf(id)),
    [keyAttributes.dueSort]: `${at.toISOString()}#${id}`,
  };
}

/** Takes an item out of the due index. */
export const notDue = [keyAttributes.duePartition, keyAttributes.dueSort] as const;

function shardOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 65_536;
  return sum % dueShards;
}

/** What is due of one kind at `now`, shard by shard, each in the order of its moment; at most about `most`. */
export async function dueKeys(
  table: Table,
  kind: Parameters<typeof duePartition>[0],
  now: Date,
  most: number,
): Promise<readonly { readonly key: Key; readonly at: string }[]> {
  const shards = Array.from({ length: dueShards }, (_, shard) => duePartition(kind, shard));
  const share = Math.ceil(most / dueShards);
  const found = await Promise.all(shards.map((partition) => dueInShard(table, partition, now, share)));
  return found.flat();
}

async function dueInShard(table: Table, partition: string, now: Date, most: number) {
  const found: { key: Key; at: string }[] = [];
  let after: Item | undefined;
  do {
    const upTo = `${now.toISOString()}#~`;
    const page = await table.listIndex({
      ...{ index: "due", partition, upTo, limit: most - found.length },
      ...(after ? { after } : {}),
    });
    found.push(...page.items.map(toDue));
    after = page.next;
  } while (after && found.length < most);
  return found;
}

const toDue = ({ pk, sk, [keyAttributes.dueSort]: at }: Item) => ({
  key: { pk: String(pk), sk: String(sk) },
  at: String(at),
});
