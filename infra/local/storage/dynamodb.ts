import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { indexStream } from "#infra/local/feeds/stream-index.ts";
import { StartFailure } from "#infra/local/start-failure.ts";
import { tableShape } from "#infra/table-shape.ts";
import { startDynamodbProcess } from "./dynamodb-process.ts";
import { hostClient } from "./host-client.ts";

export interface Dynamodb {
  readonly endpoint: string;
  readonly streamArn: string;
  /** Settles when a database of our own ended unasked; never where another's endpoint is used. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Starts the local DynamoDB over a file, or uses `endpoint`, and makes the table where it is not there yet. */
export async function startDynamodb(options: {
  readonly file: string;
  readonly pidFile: string;
  readonly table: string;
  readonly endpoint?: string | undefined;
}): Promise<Dynamodb> {
  const process =
    options.endpoint === undefined ? await startDynamodbProcess(options.file, options.pidFile) : undefined;
  const endpoint = options.endpoint ?? process?.endpoint ?? "";
  try {
    const streamArn = await ensureTable(endpoint, options.table);
    if (process) indexStream(options.file);
    return {
      endpoint,
      streamArn,
      ended: process?.ended ?? new Promise(() => {}),
      stop: async () => process?.stop(),
    };
  } catch (error) {
    await process?.stop();
    throw explain(error, options.endpoint, options.file);
  }
}

async function ensureTable(endpoint: string, table: string): Promise<string> {
  const client = new DynamoDBClient(hostClient(endpoint));
  try {
    const arn = await streamOf(client, table);
    if (arn !== undefined) return arn;
    const made = await client.send(new CreateTableCommand(tableInput(table)));
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: table,
        TimeToLiveSpecification: { Enabled: true, AttributeName: tableShape.expiry },
      }),
    );
    const stream = made.TableDescription?.LatestStreamArn ?? (await streamOf(client, table));
    if (stream === undefined) throw new Error("the table has no stream");
    return stream;
  } finally {
    client.destroy();
  }
}

async function streamOf(client: DynamoDBClient, table: string): Promise<string | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
    return Table?.LatestStreamArn;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

function tableInput(table: string): CreateTableCommandInput {
  const { partition, sort, indexes } = tableShape;
  const names = new Set([partition, sort, ...indexes.flatMap((index) => [index.partition, index.sort])]);
  return {
    TableName: table,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [...names].map((name) => ({ AttributeName: name, AttributeType: "S" })),
    KeySchema: schema(partition, sort),
    GlobalSecondaryIndexes: indexes.map((index) => ({
      IndexName: index.name,
      KeySchema: schema(index.partition, index.sort),
      Projection: { ProjectionType: index.projection },
    })),
    StreamSpecification: { StreamEnabled: true, StreamViewType: tableShape.stream },
  };
}

const schema = (partition: string, sort: string): NonNullable<CreateTableCommandInput["KeySchema"]> => [
  { AttributeName: partition, KeyType: "HASH" },
  { AttributeName: sort, KeyType: "RANGE" },
];

function explain(error: unknown, endpoint: string | undefined, file: string): Error {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new StartFailure(
    endpoint === undefined
      ? `The table in ${file} can't be used (${reason}). Restore that file from a copy, or move the home away and start with an empty one.`
      : `The DynamoDB at ${endpoint} can't be used (${reason}). Check CANDOR_DYNAMODB_ENDPOINT, or unset it to run the one that comes with Candor.`,
  );
}
