import type { QueueName } from "#infra/doors.ts";
import type { QueueCall } from "./call.ts";

/** Names of queues to what rights call them. */
export type Queues = Readonly<Record<QueueName, string>>;

/** Operations that send; on AWS a batch is the same right as a message. */
const sending = ["SendMessage", "SendMessageBatch"];
const queueUrl = /^https?:\/\/[^/?#\s]+\/[0-9]{12}\/([A-Za-z0-9_-]{1,80})$/;

/** What an SQS operation asks to do; undefined for every operation but sending, and for queues that are none of ours. */
export function readQueueCall(operation: string, input: unknown, queues: Queues): QueueCall | undefined {
  if (!sending.includes(operation) || typeof input !== "object" || input === null) return undefined;
  if (!("QueueUrl" in input) || typeof input.QueueUrl !== "string") return undefined;
  const name = queueUrl.exec(input.QueueUrl)?.[1];
  const queue = (Object.keys(queues) as QueueName[]).find((candidate) => queues[candidate] === name);
  return queue && { on: "queue", action: "sqs:SendMessage", queue };
}
