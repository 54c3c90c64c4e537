import { join } from "node:path";
import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Pump, startPump } from "#infra/local/feeds/pump.ts";
import { connectStream, type StreamClient } from "#infra/local/feeds/stream-client.ts";
import { type Checkpoints, openCheckpoints } from "#infra/local/home/checkpoints.ts";
import { type Dynamodb, startDynamodb } from "#infra/local/storage/dynamodb.ts";
import { hostClient } from "#infra/local/storage/host-client.ts";
import { temporaryFolder } from "#test/infra/local/temporary-folder.ts";

let dynamodb: Dynamodb;
let client: DynamoDBClient;
let stream: StreamClient;
let checkpoints: Checkpoints;
const pumps: Pump[] = [];

beforeEach(async () => {
  const folder = temporaryFolder();
  dynamodb = await startDynamodb({ file: join(folder, "t.sqlite"), pidFile: join(folder, "t.pid"), table: "candor" });
  client = new DynamoDBClient(hostClient(dynamodb.endpoint));
  stream = connectStream(dynamodb.endpoint, dynamodb.streamArn);
  checkpoints = openCheckpoints(join(folder, "c.sqlite"));
});
afterEach(async () => {
  await Promise.all(pumps.splice(0).map((pump) => pump.close()));
  stream.close();
  client.destroy();
  checkpoints.close();
  await dynamodb.stop();
});

const put = (pk: string, sk: string) =>
  client.send(new PutItemCommand({ TableName: "candor", Item: { pk: { S: pk }, sk: { S: sk }, secret: { S: "x" } } }));

function start(
  invoke: (event: DynamoDBStreamEvent) => unknown,
  options: { batch?: number; attempts?: number; gatherMs?: number } = {},
) {
  const reports: string[] = [];
  const pump = startPump({
    name: "outbox",
    prefixes: ["OUTBOX#"],
    batch: options.batch ?? 10,
    gatherMs: options.gatherMs ?? 0,
    streamArn: dynamodb.streamArn,
    stream,
    checkpoints,
    invoke: async (event) => invoke(event),
    report: (sentence) => reports.push(sentence),
    retryMs: 1,
    attempts: options.attempts ?? 5,
  });
  pumps.push(pump);
  return { pump, reports };
}

const sortKeys = (event: DynamoDBStreamEvent) => event.Records.map((record) => record.dynamodb?.Keys?.["sk"]?.S);

describe("the pump", () => {
  it("hands over what is inserted under the prefix, with keys only, and nothing else", async () => {
    const seen: DynamoDBStreamEvent[] = [];
    start((event) => void seen.push(event));
    await put("OTHER#a#", "1");
    await put("OUTBOX#a#", "2");
    await client.send(
      new UpdateItemCommand({
        TableName: "candor",
        Key: { pk: { S: "OUTBOX#a#" }, sk: { S: "2" } },
        UpdateExpression: "SET secret = :s",
        ExpressionAttributeValues: { ":s": { S: "y" } },
      }),
    );
    await put("OUTBOX#a#", "3");
    await expect.poll(() => seen.flatMap(sortKeys)).toEqual(["2", "3"]);
    const [record] = seen[0]?.Records ?? [];
    expect(record).toMatchObject({
      eventName: "INSERT",
      eventSource: "aws:dynamodb",
      awsRegion: "us-east-1",
      eventSourceARN: dynamodb.streamArn,
      dynamodb: { Keys: { pk: { S: "OUTBOX#a#" }, sk: { S: "2" } }, StreamViewType: "KEYS_ONLY" },
    });
    expect(JSON.stringify(seen)).not.toContain("secret");
    expect(record?.dynamodb?.SequenceNumber).toMatch(/^\d+$/);
  });

  it("gathers what comes within its window into one batch", async () => {
    const seen: DynamoDBStreamEvent[] = [];
    start((event) => void seen.push(event), { gatherMs: 400 });
    await put("OUTBOX#a#", "1");
    await expect.poll(() => seen.flatMap(sortKeys)).toEqual(["1"]);
    for (const sort of ["2", "3", "4"]) await put("OUTBOX#a#", sort);
    await expect.poll(() => seen.map(sortKeys)).toEqual([["1"], ["2", "3", "4"]]);
  });

  it("goes on after a new start where it was, and misses nothing written between", async () => {
    const first: DynamoDBStreamEvent[] = [];
    const { pump } = start((event) => void first.push(event));
    await put("OUTBOX#a#", "1");
    await expect.poll(() => first.flatMap(sortKeys)).toEqual(["1"]);
    await pump.close();
    await put("OUTBOX#a#", "2");
    const second: DynamoDBStreamEvent[] = [];
    start((event) => void second.push(event));
    await put("OUTBOX#a#", "3");
    await expect.poll(() => second.flatMap(sortKeys)).toEqual(["2", "3"]);
  });

  it("hands over again what was under way when the host died", async () => {
    const first: DynamoDBStreamEvent[] = [];
    const { pump } = start(
      async (event) => {
        first.push(event);
        throw new Error("died");
      },
      { attempts: 1000 },
    );
    await put("OUTBOX#a#", "1");
    await expect.poll(() => first.length).toBeGreaterThan(0);
    await pump.close();
    const second: DynamoDBStreamEvent[] = [];
    start((event) => void second.push(event));
    await expect.poll(() => second.flatMap(sortKeys)).toEqual(["1"]);
  });

  it("repeats from the first record that a partial answer names", async () => {
    for (const sort of ["1", "2", "3", "4"]) await put("OUTBOX#a#", sort);
    const seen: (string | undefined)[][] = [];
    start((event) => {
      seen.push(sortKeys(event));
      const third = event.Records.find((record) => record.dynamodb?.Keys?.["sk"]?.S === "3");
      if (seen.length > 1) return { batchItemFailures: [] };
      return { batchItemFailures: [{ itemIdentifier: third?.dynamodb?.SequenceNumber }] };
    });
    await expect
      .poll(() => seen)
      .toEqual([
        ["1", "2", "3", "4"],
        ["3", "4"],
      ]);
  });

  it("passes over a record that keeps failing, says so, and goes on with the next", async () => {
    for (const sort of ["1", "2"]) await put("OUTBOX#a#", sort);
    const seen: (string | undefined)[] = [];
    const { reports } = start(
      (event) => {
        seen.push(...sortKeys(event));
        if (sortKeys(event).includes("1")) throw new Error("never");
      },
      { batch: 1, attempts: 3 },
    );
    await expect.poll(() => seen).toEqual(["1", "1", "1", "2"]);
    expect(reports.at(-1)).toContain("failed 3 times and is passed over");
  });

  it("begins from the start where its position is gone from the stream", async () => {
    const [shard = ""] = await stream.shards();
    checkpoints.set("outbox", shard, "not-a-number");
    await put("OUTBOX#a#", "1");
    const seen: DynamoDBStreamEvent[] = [];
    start((event) => void seen.push(event));
    await expect.poll(() => seen.flatMap(sortKeys)).toEqual(["1"]);
  });
});
