import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { SQSEvent } from "aws-lambda";
import { bundleDoor } from "#infra/bundle/bundle.ts";
import { plausibleEnvironment } from "#infra/bundle/plausible-environment.ts";
import type { DoorName } from "#infra/doors.ts";

export interface DoorChild {
  readonly pid: number;
  /** One event at a time. Throws what the door threw, and where it reports messages as failed. */
  invoke(event: SQSEvent): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the shipped artefact of a door in a process of its own, with nothing but its environment. */
export async function startDoorChild(
  door: DoorName,
  environment: Readonly<Record<string, string>>,
  execArgv: string[] = [],
): Promise<DoorChild> {
  const { file } = await bundleDoor(door, { environment: plausibleEnvironment });
  const child = fork(join(import.meta.dirname, "door-process.mjs"), [pathToFileURL(file).href], {
    env: environment,
    execArgv,
  });
  await once(child, "message");
  const { pid } = child;
  if (pid === undefined) throw new Error(`The process of ${door} does not start.`);
  return {
    pid,
    async invoke(event) {
      child.send(event);
      const [answer] = (await once(child, "message")) as [
        { error?: string; answer?: { batchItemFailures?: unknown[] } },
      ];
      const failed = answer.error ?? JSON.stringify(answer.answer?.batchItemFailures ?? []);
      if (failed !== "[]") throw new Error(`${door} failed: ${failed}`);
    },
    async stop() {
      child.disconnect();
      await once(child, "exit");
    },
  };
}

/** An event as the queue's event source mapping makes it. */
export function queueEvent(bodies: readonly string[]): SQSEvent {
  return {
    Records: bodies.map((body, i) => ({
      ...{ messageId: `message-${String(i)}`, receiptHandle: "none", body, md5OfBody: "", messageAttributes: {} },
      ...{ eventSource: "aws:sqs", eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:bench", awsRegion: "us-east-1" },
      attributes: {
        ...{
          ApproximateReceiveCount: "1",
          SentTimestamp: "0",
          SenderId: "none",
          ApproximateFirstReceiveTimestamp: "0",
        },
      },
    })),
  };
}
