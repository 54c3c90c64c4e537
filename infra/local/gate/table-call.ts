import { tableShape } from "#infra/table-shape.ts";
import type { TableCall } from "./call.ts";
import { partitionOf, stringOf } from "./key-condition.ts";

/** A request whose keys can't be told for certain; the message says what is wrong with it. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

type Input = Readonly<Record<string, unknown>>;
type Reader = (input: Input, table: string) => readonly TableCall[];

/** How the operations that a door can have a right to name their keys. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["GetItem", (input, table) => [keyed("GetItem", "Key", input, table)]],
  ["PutItem", (input, table) => [keyed("PutItem", "Item", input, table)]],
  ["UpdateItem", (input, table) => [keyed("UpdateItem", "Key", input, table)]],
  ["DeleteItem", (input, table) => [keyed("DeleteItem", "Key", input, table)]],
  ["Query", (input, table) => [query(input, table)]],
  ["BatchGetItem", batchGet],
  ["BatchWriteItem", batchWrite],
  ["TransactGetItems", transactGet],
  ["TransactWriteItems", transactWrite],
]);

/**
 * What an operation of DynamoDB's API asks to do: one call, or one for each member of a transaction. An operation without
 * keys is a call without keys. Where JSON gives a name twice, the last counts, here and in the table behind.
 * @throws Unreadable
 */
export function readTableCalls(operation: string, input: unknown, table: string): readonly TableCall[] {
  const read = readers.get(operation);
  if (!read) return [{ on: "table", action: `dynamodb:${operation}`, keys: [] }];
  return read(record(input, "the request"), table);
}

function keyed(operation: string, field: "Key" | "Item", input: Input, table: string): TableCall {
  requireTable(input["TableName"], table);
  const { ReturnValues: returnValues, ReturnValuesOnConditionCheckFailure: onFailure = "NONE" } = input;
  // IAM knows no condition for this one, and it shows an item to who may only write it.
  if (onFailure !== "NONE")
    throw new Unreadable("ReturnValuesOnConditionCheckFailure is refused for every door; read the item");
  const key = partition(input[field], field);
  const call: TableCall = { on: "table", action: `dynamodb:${operation}`, keys: [key] };
  if (returnValues === undefined) return call;
  if (typeof returnValues !== "string" || !/^[A-Z_]{1,16}$/.test(returnValues))
    throw new Unreadable("ReturnValues is no such word");
  return { ...call, returnValues };
}

function query(input: Input, table: string): TableCall {
  requireTable(input["TableName"], table);
  if ("KeyConditions" in input) throw new Unreadable("KeyConditions is refused; write a KeyConditionExpression");
  const { IndexName: name } = input;
  const index = tableShape.indexes.find((shape) => shape.name === name);
  if (name !== undefined && !index) throw new Unreadable("IndexName is none of infra/table-shape.ts");
  const key = partitionOf(
    {
      expression: input["KeyConditionExpression"],
      names: record(input["ExpressionAttributeNames"] ?? {}, "ExpressionAttributeNames"),
      values: record(input["ExpressionAttributeValues"] ?? {}, "ExpressionAttributeValues"),
    },
    index ?? tableShape,
  );
  if (key === undefined) {
    throw new Unreadable(
      "its KeyConditionExpression must say `partition = :value`, and at most one thing of the sort key",
    );
  }
  const call: TableCall = { on: "table", action: "dynamodb:Query", keys: [key] };
  return index ? { ...call, index: index.name } : call;
}

function batchGet(input: Input, table: string): readonly TableCall[] {
  return Object.entries(record(input["RequestItems"], "RequestItems")).map(([name, wanted]) => {
    requireTable(name, table);
    const keys = list(record(wanted, "RequestItems")["Keys"], "Keys").map((key) => partition(key, "Keys"));
    return { on: "table", action: "dynamodb:BatchGetItem", keys };
  });
}

function batchWrite(input: Input, table: string): readonly TableCall[] {
  return Object.entries(record(input["RequestItems"], "RequestItems")).map(([name, writes]) => {
    requireTable(name, table);
    const keys = list(writes, "RequestItems").map((write) => {
      const [kind, request] = onlyMember(write, "RequestItems");
      if (kind === "PutRequest") return partition(request["Item"], "Item");
      if (kind === "DeleteRequest") return partition(request["Key"], "Key");
      throw new Unreadable("RequestItems may hold PutRequest and DeleteRequest");
    });
    return { on: "table", action: "dynamodb:BatchWriteItem", keys };
  });
}

function transactGet(input: Input, table: string): readonly TableCall[] {
  return members(input).map(([kind, get]) => {
    if (kind !== "Get") throw new Unreadable("TransactItems of a read may hold Get");
    return keyed("GetItem", "Key", get, table);
  });
}

function transactWrite(input: Input, table: string): readonly TableCall[] {
  return members(input).map(([kind, write]) => {
    switch (kind) {
      case "Put":
        return keyed("PutItem", "Item", write, table);
      case "Update":
        return keyed("UpdateItem", "Key", write, table);
      case "Delete":
        return keyed("DeleteItem", "Key", write, table);
      case "ConditionCheck":
        return keyed("ConditionCheckItem", "Key", write, table);
      default:
        throw new Unreadable("TransactItems of a write may hold Put, Update, Delete and ConditionCheck");
    }
  });
}

const members = (input: Input): readonly (readonly [string, Input])[] =>
  list(input["TransactItems"], "TransactItems").map((member) => onlyMember(member, "TransactItems"));

function onlyMember(value: unknown, what: string): readonly [string, Input] {
  const [first, ...more] = Object.entries(record(value, what));
  if (!first || more.length > 0) throw new Unreadable(`each of ${what} must be exactly one thing`);
  return [first[0], record(first[1], what)];
}

function partition(attributes: unknown, what: string): string {
  const key = stringOf(record(attributes, what)[tableShape.partition]);
  if (key === undefined) throw new Unreadable(`${what} must have ${tableShape.partition} as a string`);
  return key;
}

function requireTable(name: unknown, table: string): void {
  if (name !== table) throw new Unreadable(`TableName must be ${table}`);
}

function record(value: unknown, what: string): Input {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Unreadable(`${what} must be an object`);
  return value as Input;
}

function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Unreadable(`${what} must be a list`);
  return value;
}
