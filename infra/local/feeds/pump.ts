import { setTimeout as pause } from "node:timers/promises";
import type { DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import type { Checkpoints } from "#infra/local/home/checkpoints.ts";
import { region } from "#infra/local/storage/host-client.ts";
import { tableShape } from "#infra/table-shape.ts";
import { failedItems } from "./batch-answer.ts";
import { type StreamClient, StreamError, type StreamRecord } from "./stream-client.ts";

/** Hands a door the items newly inserted under partition prefixes, in order, each at least once. */
export interface PumpOptions {
  /** Under which its position is kept. */
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly batch: number;
  /** The least wait between two reads, in which items gather. */
  readonly gatherMs?: number;
  readonly streamArn: string;
  readonly stream: StreamClient;
  readonly checkpoints: Checkpoints;
  readonly invoke: (event: DynamoDBStreamEvent) => Promise<unknown>;
  /** Told what went wrong, in a sentence. */
  readonly report: (sentence: string) => void;
  /** How often a batch without progress is tried before it is passed over. */
  readonly attempts?: number;
  /** The first wait between two tries; doubled each time, up to 10 s. */
  readonly retryMs?: number;
}

export interface Pump {
  /** Stops reading and waits for the batch under way. */
  close(): Promise<void>;
}

/** Between two reads that found nothing: short after there was something, since more often follows. */
const idle = { leastMs: 5, mostMs: 50 } as const;

export function startPump(options: PumpOptions): Pump {
  const ending = new AbortController();
  const running = run(options, ending.signal);
  return {
    async close() {
      ending.abort();
      await running;
    },
  };
}

async function run(options: PumpOptions, ending: AbortSignal): Promise<void> {
  let positions = new Map<string, string>();
  let waitMs: number = idle.leastMs;
  while (!ending.aborted) {
    try {
      if (positions.size === 0) positions = await begin(options);
      const moved = await round(options, positions, ending);
      waitMs = moved ? idle.leastMs : Math.min(waitMs * 2, idle.mostMs);
    } catch (error) {
      if (ending.aborted) return;
      options.report(`The table's stream can't be read and is tried again: ${messageOf(error)}`);
      positions.clear();
      waitMs = 1000;
    }
    await rest(Math.max(waitMs, options.gatherMs ?? 0), ending);
  }
}

/** Iterators of all shards, each after what was handled already. */
async function begin({ stream, checkpoints, name }: PumpOptions): Promise<Map<string, string>> {
  const shards = await stream.shards();
  const iterators = await Promise.all(
    shards.map((shard) => iteratorAfter(stream, shard, checkpoints.get(name, shard))),
  );
  return new Map(shards.map((shard, position) => [shard, iterators[position] ?? ""]));
}

async function iteratorAfter(stream: StreamClient, shard: string, handled: string | undefined): Promise<string> {
  try {
    return await stream.iterator(shard, handled);
  } catch (error) {
    // What was handled last is gone from the stream, or the table is another one now: all that is there is handed over again.
    const gone = error instanceof StreamError && /^(?:TrimmedDataAccess|Validation)/.test(error.code);
    if (!gone || handled === undefined) throw error;
    return await stream.iterator(shard);
  }
}

/** Reads each shard once. True where there was something. */
async function round(options: PumpOptions, positions: Map<string, string>, ending: AbortSignal): Promise<boolean> {
  let moved = false;
  for (const [shard, iterator] of positions) {
    const { records, next } = await options.stream.records(iterator);
    moved ||= records.length > 0;
    if (!(await handle(options, shard, records, ending))) return false;
    if (next === undefined) positions.delete(shard);
    else positions.set(shard, next);
  }
  return moved;
}

/** True once all records are done with; false where the host ends before. */
async function handle(
  options: PumpOptions,
  shard: string,
  records: readonly StreamRecord[],
  ending: AbortSignal,
): Promise<boolean> {
  const last = records.at(-1);
  if (!last) return true;
  const wanted = records.filter(({ eventName, dynamodb }) => {
    const partition = dynamodb.Keys[tableShape.partition]?.S ?? "";
    return eventName === "INSERT" && options.prefixes.some((prefix) => partition.startsWith(prefix));
  });
  for (let start = 0; start < wanted.length; start += options.batch) {
    if (!(await deliver(options, shard, wanted.slice(start, start + options.batch), ending))) return false;
  }
  options.checkpoints.set(options.name, shard, last.dynamodb.SequenceNumber);
  return true;
}

/** Delivers one batch, again from the first record that failed, as Lambda does for a stream. */
async function deliver(
  options: PumpOptions,
  shard: string,
  batch: readonly StreamRecord[],
  ending: AbortSignal,
): Promise<boolean> {
  const { attempts = 8, retryMs = 100 } = options;
  let left = batch;
  for (let attempt = 1; left.length > 0; attempt++) {
    if (ending.aborted) return false;
    const done = await deliverOnce(options, left);
    if (done > 0) {
      attempt = 0;
      options.checkpoints.set(options.name, shard, left[done - 1]?.dynamodb.SequenceNumber ?? "");
      left = left.slice(done);
    } else if (attempt >= attempts) {
      const ids = left.map(({ dynamodb }) => dynamodb.SequenceNumber).join(", ");
      options.report(
        `${options.name} failed ${String(attempts)} times and is passed over; a sweep finds it. Records ${ids}.`,
      );
      return true;
    } else await rest(Math.min(retryMs * 2 ** (attempt - 1), 10_000), ending);
  }
  return true;
}

/** How many records from the start of the batch are done. */
async function deliverOnce(options: PumpOptions, batch: readonly StreamRecord[]): Promise<number> {
  const numbers = batch.map(({ dynamodb }) => dynamodb.SequenceNumber);
  try {
    const answer = await options.invoke({ Records: batch.map((record) => toLambdaRecord(record, options.streamArn)) });
    const failed = failedItems(answer, numbers);
    const first = numbers.findIndex((number) => failed.has(number));
    return first < 0 ? batch.length : first;
  } catch (error) {
    options.report(`${options.name} failed and is tried again: ${messageOf(error)}`);
    return 0;
  }
}

function toLambdaRecord({ eventID, eventName, dynamodb }: StreamRecord, eventSourceARN: string): DynamoDBRecord {
  return {
    eventID,
    eventName,
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: region,
    eventSourceARN,
    dynamodb: {
      ApproximateCreationDateTime: dynamodb.ApproximateCreationDateTime,
      Keys: { ...dynamodb.Keys },
      SequenceNumber: dynamodb.SequenceNumber,
      SizeBytes: dynamodb.SizeBytes,
      StreamViewType: tableShape.stream,
    },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function rest(milliseconds: number, ending: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal: ending }).catch(() => undefined);
}
