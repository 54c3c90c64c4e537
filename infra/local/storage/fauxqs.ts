import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { ChangeMessageVisibilityCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { FauxqsInitConfig } from "fauxqs";
import { type QueueName, queues } from "#infra/doors.ts";
import { account, hostClient, region } from "./host-client.ts";
import { removeObjectLeftovers } from "./object-leftovers.ts";

/** S3, SNS and SQS of the one machine. */
export interface Fauxqs {
  readonly port: number;
  readonly endpoint: string;
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface FauxqsStart {
  readonly start: { readonly dataDir: string; readonly s3StorageDir: string; readonly defaultRegion: string };
  readonly setup: FauxqsInitConfig;
}

export interface FauxqsReady {
  readonly port: number;
  /** What a host that is gone had received and not deleted. */
  readonly inFlight: readonly { readonly name: string; readonly receiptHandle: string }[];
}

/** Queues that a topic feeds, message bodies as published. */
const fed = ["inbound", "feedback"] as const satisfies readonly QueueName[];
export type TopicName = (typeof fed)[number];

export const bucketNames = {
  raw: "candor-raw",
  sealed: "candor-sealed",
  ledger: "candor-ledger",
  releases: "candor-releases",
  exports: "candor-exports",
} as const;
export const topicArn = (topic: TopicName): string => `arn:aws:sns:${region}:${account}:candor-${topic}`;
export const queueName = (queue: QueueName): string => `candor-${queue}`;
export const deadLetterName = (queue: QueueName): string => `candor-${queue}-dead`;
/** The URL by which a queue is named at an endpoint: fauxqs itself, or the gate in front of it. */
export const queueUrl = (endpoint: string, queue: QueueName): string => `${endpoint}/${account}/${queueName(queue)}`;
export const queueArnOf = (name: string): string => `arn:aws:sqs:${region}:${account}:${name}`;

const resources: FauxqsInitConfig = {
  queues: (Object.keys(queues) as QueueName[]).flatMap((queue) => {
    const { receives, visibilitySeconds, retentionDays } = queues[queue];
    const dead = deadLetterName(queue);
    const redrive = JSON.stringify({ deadLetterTargetArn: queueArnOf(dead), maxReceiveCount: receives });
    const retention = { MessageRetentionPeriod: String(retentionDays * 86_400) };
    return [
      { name: dead, attributes: { MessageRetentionPeriod: String(14 * 86_400) } },
      {
        name: queueName(queue),
        attributes: { ...retention, VisibilityTimeout: String(visibilitySeconds), RedrivePolicy: redrive },
      },
    ];
  }),
  topics: fed.map((topic) => ({ name: `candor-${topic}` })),
  subscriptions: fed.map((topic) => ({
    topic: `candor-${topic}`,
    queue: queueName(topic),
    attributes: { RawMessageDelivery: "true" },
  })),
  buckets: Object.values(bucketNames),
};

/** Starts fauxqs over two folders: `queues` holds its database, `objects` a file for each object. */
export async function startFauxqsWorker(folders: {
  readonly queues: string;
  readonly objects: string;
}): Promise<Fauxqs> {
  removeObjectLeftovers(folders.objects);
  const start = { dataDir: folders.queues, s3StorageDir: folders.objects, defaultRegion: region };
  const worker = new Worker(new URL("fauxqs-worker.ts", import.meta.url), {
    workerData: { start, setup: resources } satisfies FauxqsStart,
    env: {},
  });
  const [{ port, inFlight }] = (await once(worker, "message")) as [FauxqsReady];
  const ended = once(worker, "exit").then(() => undefined);
  // Whoever waits for the end hears of a crash; while nobody does yet it must not end the host.
  ended.catch(() => undefined);
  const endpoint = `http://127.0.0.1:${String(port)}`;
  await release(endpoint, inFlight);
  return {
    port,
    endpoint,
    ended,
    async stop() {
      worker.postMessage("stop");
      const forced = setTimeout(() => void worker.terminate(), 3_000);
      await ended;
      clearTimeout(forced);
    },
  };
}

/**
 * Makes visible what was in flight when the last host ended: nobody works on it any more, and the queues' own time limits are
 * made for doors that may still be running. Not with 0 seconds: fauxqs 2.4.1 fails on that and loses the message until its next start.
 */
async function release(endpoint: string, inFlight: FauxqsReady["inFlight"]): Promise<void> {
  if (inFlight.length === 0) return;
  const client = new SQSClient(hostClient(endpoint));
  for (const { name, receiptHandle } of inFlight) {
    const QueueUrl = `${endpoint}/${account}/${name}`;
    await client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: 1 }),
    );
  }
  client.destroy();
}
