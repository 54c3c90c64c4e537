import { Agent, request as httpRequest } from "node:http";
import { buffer } from "node:stream/consumers";
import type { AttributeValue } from "aws-lambda";
import { hostClient, region } from "#infra/local/storage/host-client.ts";

/** A record of a stream that carries keys only. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Readonly<Record<string, AttributeValue>>;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
  };
}

/** The part of the DynamoDB Streams API that the pump needs. */
export interface StreamClient {
  shards(): Promise<readonly string[]>;
  /** An iterator after a sequence number, or over all there is. */
  iterator(shard: string, after?: string): Promise<string>;
  /** `next` is missing once the shard is closed and read to its end. */
  records(iterator: string): Promise<{ readonly records: readonly StreamRecord[]; readonly next?: string }>;
  close(): void;
}

/** A refusal of the API, by the name of its error. */
export class StreamError extends Error {
  override readonly name = "StreamError";
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Speaks DynamoDB Streams to a local endpoint, which wants a signature to be there and does not check it. */
export function connectStream(endpoint: string, streamArn: string): StreamClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const call = <Answer>(operation: string, input: object): Promise<Answer> => post(agent, endpoint, operation, input);
  return {
    async shards() {
      const { StreamDescription } = await call<{ StreamDescription: { Shards?: { ShardId: string }[] } }>(
        "DescribeStream",
        { StreamArn: streamArn },
      );
      return (StreamDescription.Shards ?? []).map((shard) => shard.ShardId);
    },
    async iterator(shard, after) {
      const position =
        after === undefined
          ? { ShardIteratorType: "TRIM_HORIZON" }
          : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: after };
      const { ShardIterator } = await call<{ ShardIterator: string }>("GetShardIterator", {
        StreamArn: streamArn,
        ShardId: shard,
        ...position,
      });
      return ShardIterator;
    },
    async records(iterator) {
      const { Records = [], NextShardIterator } = await call<{
        Records?: StreamRecord[];
        NextShardIterator?: string | null;
      }>("GetRecords", { ShardIterator: iterator, Limit: 1000 });
      return { records: Records, ...(NextShardIterator ? { next: NextShardIterator } : {}) };
    },
    close: () => agent.destroy(),
  };
}

const { accessKeyId } = hostClient("http://127.0.0.1").credentials;
const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20000101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`;

async function post<Answer>(agent: Agent, endpoint: string, operation: string, input: object): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const sent = httpRequest(endpoint, {
    agent,
    method: "POST",
    timeout: 20_000,
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDBStreams_20120810.${operation}`,
      "x-amz-date": "20000101T000000Z",
      authorization,
    },
  });
  sent.on("timeout", () => sent.destroy(new Error(`${operation} got no answer within 20 s`)));
  sent.on("error", reject);
  sent.on("response", (response) => {
    buffer(response).then(
      (body) => (response.statusCode === 200 ? resolve(body) : reject(errorOf(operation, body))),
      reject,
    );
  });
  sent.end(JSON.stringify(input));
  return JSON.parse((await promise).toString("utf8")) as Answer;
}

function errorOf(operation: string, body: Buffer): StreamError {
  const text = body.toString("utf8");
  const code = /"__type"\s*:\s*"(?:[^"#]*#)?([A-Za-z]+)"/.exec(text)?.[1] ?? "Unknown";
  return new StreamError(code, `${operation} failed: ${text.slice(0, 300)}`);
}
