import {
  type AttributeValue,
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall as marshallAll, type NativeAttributeValue, unmarshall } from "@aws-sdk/util-dynamodb";
import { type Connection, clientOptions } from "#shared/aws/connection.ts";
import { keyAttributes } from "#shared/store/keys.ts";
import {
  type Guard,
  GuardFailed,
  type Item,
  type Key,
  type Page,
  type Table,
  type Write,
} from "#shared/store/table.ts";

/** Conflicts between transactions pass; how often one is tried before the caller hears of it. */
const conflictAttempts = 6;

/** The table over DynamoDB. `random` spreads the retries (0 to 1). */
export function connectTable(connection: Connection & { readonly tableName: string }, random: () => number): Table {
  const client = new DynamoDBClient(clientOptions(connection));
  const TableName = connection.tableName;
  return {
    async get(key) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName, Key: marshall(keyOnly(key)), ConsistentRead: true }),
      );
      return Item && toItem(Item);
    },

    async getMany(keys) {
      const found: Item[] = [];
      let wanted = keys.map((key) => marshall(keyOnly(key)));
      for (let attempt = 0; wanted.length > 0; attempt++) {
        if (attempt === conflictAttempts) throw new Error("The table is too busy to answer; try again later.");
        if (attempt > 0) await pause(attempt, random);
        const answer = await client.send(
          new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: wanted, ConsistentRead: true } } }),
        );
        found.push(...(answer.Responses?.[TableName] ?? []).map(toItem));
        wanted = answer.UnprocessedKeys?.[TableName]?.Keys ?? [];
      }
      return found;
    },

    async list({ partition, prefix = "", within, newestFirst = false, limit, after }) {
      const { name, value, fields } = expression();
      const key = [`${name(keyAttributes.partition)} = ${value(partition)}`];
      if (prefix !== "") key.push(`begins_with(${name(keyAttributes.sort)}, ${value(prefix)})`);
      else if (within) key.push(`${name(keyAttributes.sort)} BETWEEN ${value(within.from)} AND ${value(within.to)}`);
      return page(
        await client.send(
          new QueryCommand({
            TableName,
            ConsistentRead: true,
            KeyConditionExpression: key.join(" AND "),
            ...fields(),
            ScanIndexForward: !newestFirst,
            Limit: limit,
            ExclusiveStartKey: after && marshall(after as Record<string, NativeAttributeValue>),
          }),
        ),
      );
    },

    async listIndex({ index, partition, upTo, newestFirst = false, limit, after }) {
      const [hash, range] =
        index === "inbox"
          ? [keyAttributes.inboxPartition, keyAttributes.inboxSort]
          : [keyAttributes.duePartition, keyAttributes.dueSort];
      return page(
        await client.send(
          new QueryCommand({
            TableName,
            IndexName: index,
            KeyConditionExpression: upTo === undefined ? "#p = :p" : "#p = :p AND #s <= :s",
            ExpressionAttributeNames: { "#p": hash, ...(upTo === undefined ? {} : { "#s": range }) },
            ExpressionAttributeValues: marshall({ ":p": partition, ...(upTo === undefined ? {} : { ":s": upTo }) }),
            ScanIndexForward: !newestFirst,
            Limit: limit,
            ExclusiveStartKey: after && marshall(after as Record<string, NativeAttributeValue>),
          }),
        ),
      );
    },

    async write(write) {
      if ("check" in write) return transact([write]);
      const request = toRequest(TableName, write);
      try {
        if (request.Put) await client.send(new PutItemCommand(request.Put));
        else if (request.Update) await client.send(new UpdateItemCommand(request.Update));
        else if (request.Delete) await client.send(new DeleteItemCommand(request.Delete));
      } catch (error) {
        if (error instanceof Error && error.name === "ConditionalCheckFailedException") throw new GuardFailed([0]);
        throw error;
      }
    },

    transact,
  };

  async function transact(writes: readonly Write[]): Promise<void> {
    const TransactItems = writes.map((write) => toRequest(TableName, write));
    for (let attempt = 1; ; attempt++) {
      try {
        await client.send(new TransactWriteItemsCommand({ TransactItems }));
        return;
      } catch (error) {
        const reasons = cancellationCodes(error);
        const failed = reasons.flatMap((code, position) => (code === "ConditionalCheckFailed" ? [position] : []));
        if (failed.length > 0) throw new GuardFailed(failed);
        if (!reasons.includes("TransactionConflict") || attempt === conflictAttempts) throw error;
        await pause(attempt, random);
      }
    }
  }
}

/** To DynamoDB's form; what is undefined is left out. */
const marshall = (item: Record<string, NativeAttributeValue>) => marshallAll(item, { removeUndefinedValues: true });

/** Waits 10 ms doubled each time, somewhere in its upper half. */
async function pause(attempt: number, random: () => number): Promise<void> {
  const most = 10 * 2 ** attempt;
  await new Promise((resolve) => setTimeout(resolve, most / 2 + (random() * most) / 2));
}

function cancellationCodes(error: unknown): readonly (string | undefined)[] {
  if (!(error instanceof Error && error.name === "TransactionCanceledException")) return [];
  const reasons =
    "CancellationReasons" in error && Array.isArray(error.CancellationReasons) ? error.CancellationReasons : [];
  return reasons.map((reason: { Code?: string }) => reason.Code);
}

const keyOnly = ({ pk, sk }: Key) => ({ [keyAttributes.partition]: pk, [keyAttributes.sort]: sk });

function toItem(stored: Record<string, AttributeValue>): Item {
  return unmarshall(stored) as Item;
}

function page(answer: {
  Items?: Record<string, AttributeValue>[] | undefined;
  LastEvaluatedKey?: Record<string, AttributeValue> | undefined;
}): Page {
  const items = (answer.Items ?? []).map(toItem);
  return answer.LastEvaluatedKey ? { items, next: toItem(answer.LastEvaluatedKey) } : { items };
}

/** Collects names and values of one request's expressions. */
function expression() {
  const names: Record<string, string> = {};
  const values: Record<string, NativeAttributeValue> = {};
  return {
    name(attribute: string): string {
      const alias = `#n${String(Object.keys(names).length)}`;
      names[alias] = attribute;
      return alias;
    },
    value(value: NativeAttributeValue): string {
      const alias = `:v${String(Object.keys(values).length)}`;
      values[alias] = value;
      return alias;
    },
    fields() {
      return {
        ...(Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {}),
        ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: marshall(values) } : {}),
      };
    },
  };
}
type Expression = ReturnType<typeof expression>;

function toRequest(TableName: string, write: Write): TransactWriteItem {
  const parts = expression();
  const ConditionExpression = write.guard && conditionOf(write.guard, parts);
  const condition = write.guard && { ConditionExpression };
  if ("put" in write) {
    return {
      Put: {
        TableName,
        Item: marshall(write.put as Record<string, NativeAttributeValue>),
        ...condition,
        ...parts.fields(),
      },
    };
  }
  if ("delete" in write)
    return { Delete: { TableName, Key: marshall(keyOnly(write.delete)), ...condition, ...parts.fields() } };
  if ("check" in write)
    return {
      ConditionCheck: { TableName, Key: marshall(keyOnly(write.check)), ConditionExpression, ...parts.fields() },
    };
  const UpdateExpression = updateOf(write, parts);
  return {
    Update: { TableName, Key: marshall(keyOnly(write.update)), UpdateExpression, ...condition, ...parts.fields() },
  };
}

function conditionOf(guard: Guard, { name, value }: Expression): string {
  if (guard === "absent") return `attribute_not_exists(${name(keyAttributes.partition)})`;
  if (guard === "present") return `attribute_exists(${name(keyAttributes.partition)})`;
  if ("equals" in guard) {
    return Object.entries(guard.equals)
      .map(([attribute, wanted]) =>
        wanted === null ? `attribute_not_exists(${name(attribute)})` : `${name(attribute)} = ${value(wanted)}`,
      )
      .join(" AND ");
  }
  return Object.entries(guard.below)
    .map(([attribute, limit]) => {
      const alias = name(attribute);
      return `(attribute_not_exists(${alias}) OR ${alias} < ${value(limit)})`;
    })
    .join(" AND ");
}

function updateOf(write: Extract<Write, { update: Key }>, { name, value }: Expression): string {
  const set = [
    ...Object.entries(write.set ?? {}).map(
      ([attribute, to]) => `${name(attribute)} = ${value(to as NativeAttributeValue)}`,
    ),
    ...Object.entries(write.setIfMissing ?? {}).map(([attribute, to]) => {
      const alias = name(attribute);
      return `${alias} = if_not_exists(${alias}, ${value(to as NativeAttributeValue)})`;
    }),
  ];
  const add = [
    ...Object.entries(write.add ?? {}).map(([attribute, by]) => `${name(attribute)} ${value(by)}`),
    ...Object.entries(write.include ?? {}).map(
      ([attribute, members]) => `${name(attribute)} ${value(new Set(members))}`,
    ),
  ];
  const remove = (write.remove ?? []).map(name);
  return [
    set.length > 0 ? `SET ${set.join(", ")}` : "",
    add.length > 0 ? `ADD ${add.join(", ")}` : "",
    remove.length > 0 ? `REMOVE ${remove.join(", ")}` : "",
  ]
    .filter((clause) => clause !== "")
    .join(" ");
}
