import { setTimeout as pause } from "node:timers/promises";
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { account, hostClient, region } from "#infra/local/storage/host-client.ts";
import { failedItems } from "./batch-answer.ts";

export interface PollerOptions {
  readonly endpoint: string;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly batch: number;
  /** How many batches are handed over at once. */
  readonly parallel: number;
  readonly invoke: (event: SQSEvent) => Promise<unknown>;
  readonly report: (sentence: string) => void;
  /** Seconds, 1 or more, that a message rests after it failed for the nth time. */
  readonly restSeconds?: (receives: number) => number;
}

/** On AWS a failed message rests for the queue's whole visibility timeout; nobody wants to wait that long on one machine. */
const doubled = (receives: number): number => 2 ** receives;

export interface QueuePoller {
  /** Stops receiving and waits for the batches under way. */
  close(): Promise<void>;
}

/** Hands the messages of a queue to a door. What succeeded is deleted; what failed comes again after a growing wait, up to the queue's limit of receives. */
export function startQueuePoller(options: PollerOptions): QueuePoller {
  const ending = new AbortController();
  const client = new SQSClient({ ...hostClient(options.endpoint), useQueueUrlAsEndpoint: false });
  const loops = Array.from({ length: options.parallel }, () => poll(client, options, ending.signal));
  return {
    async close() {
      ending.abort();
      await Promise.all(loops);
      client.destroy();
    },
  };
}

async function poll(client: SQSClient, options: PollerOptions, ending: AbortSignal): Promise<void> {
  while (!ending.aborted) {
    try {
      const messages = await receive(client, options, ending);
      if (messages.length > 0) await handle(client, options, messages);
    } catch (error) {
      if (ending.aborted) return;
      options.report(`${options.queueArn} can't be read and is tried again: ${messageOf(error)}`);
      await pause(1000, undefined, { signal: ending }).catch(() => undefined);
    }
  }
}

async function receive(client: SQSClient, { queueUrl, batch }: PollerOptions, ending: AbortSignal): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: Math.min(batch, 10),
    WaitTimeSeconds: 2,
    MessageSystemAttributeNames: ["All"],
    MessageAttributeNames: ["All"],
  });
  const { Messages = [] } = await client.send(command, { abortSignal: ending });
  return Messages;
}

async function handle(client: SQSClient, options: PollerOptions, messages: readonly Message[]): Promise<void> {
  const ids = messages.map(({ MessageId = "" }) => MessageId);
  let failed: ReadonlySet<string>;
  try {
    const answer = await options.invoke({ Records: messages.map((message) => toRecord(message, options.queueArn)) });
    failed = failedItems(answer, ids);
  } catch (error) {
    options.report(`A batch of ${options.queueArn} failed and comes again: ${messageOf(error)}`);
    failed = new Set(ids);
  }
  const entries = messages.map((message, position) => ({
    message,
    Id: String(position),
    ReceiptHandle: message.ReceiptHandle,
  }));
  const done = entries.filter(({ message }) => !failed.has(message.MessageId ?? ""));
  const again = entries.filter(({ message }) => failed.has(message.MessageId ?? ""));
  const QueueUrl = options.queueUrl;
  if (done.length > 0) {
    const Entries = done.map(({ Id, ReceiptHandle }) => ({ Id, ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
  if (again.length > 0) {
    const { restSeconds = doubled } = options;
    const Entries = again.map(({ message, Id, ReceiptHandle }) => ({
      Id,
      ReceiptHandle,
      VisibilityTimeout: restSeconds(Number(message.Attributes?.ApproximateReceiveCount ?? 1)),
    }));
    await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  }
}

function toRecord(message: Message, eventSourceARN: string): SQSRecord {
  return {
    messageId: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body: message.Body ?? "",
    attributes: {
      ApproximateReceiveCount: message.Attributes?.ApproximateReceiveCount ?? "1",
      ApproximateFirstReceiveTimestamp: message.Attributes?.ApproximateFirstReceiveTimestamp ?? "",
      SentTimestamp: message.Attributes?.SentTimestamp ?? "",
      SenderId: message.Attributes?.SenderId ?? account,
    },
    messageAttributes: {},
    md5OfBody: message.MD5OfBody ?? "",
    eventSource: "aws:sqs",
    eventSourceARN,
    awsRegion: region,
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
