import { type DoorName, doorNames, doors, type RequestPaths, type Trigger } from "#infra/doors.ts";
import type { DoorRuntime } from "#infra/local/doors/door-runtime.ts";
import type { Checkpoints } from "#infra/local/home/checkpoints.ts";
import type { Clock } from "#infra/local/home/clock.ts";
import type { StandIns } from "#infra/local/stand-ins.ts";
import { queueArnOf, queueName, queueUrl } from "#infra/local/storage/fauxqs.ts";
import { startPump } from "./pump.ts";
import { startQueuePoller } from "./queue-poller.ts";
import { type ScheduledRule, type Scheduler, startScheduler } from "./scheduler.ts";
import { connectStream } from "./stream-client.ts";

export interface TriggerOptions {
  readonly standIns: Pick<StandIns, "dynamodb" | "fauxqs">;
  readonly runtime: DoorRuntime;
  readonly clock: Clock;
  readonly checkpoints: Checkpoints;
  readonly report: (sentence: string) => void;
}

export interface Triggers {
  readonly scheduler: Scheduler;
  /** Wakes nothing any more, and waits for what is under way. */
  close(): Promise<void>;
}

/** Wires up what wakes the doors, as `infra/doors.ts` says: streams, queues and schedules. Requests come by the front. */
export function startTriggers(options: TriggerOptions): Triggers {
  const { standIns, runtime, clock, checkpoints, report } = options;
  const call = async (door: string, event: unknown): Promise<unknown> => {
    const answer = await runtime.invoke(door, event);
    return answer.kind === "value" ? answer.value : undefined;
  };
  const stream = connectStream(standIns.dynamodb.endpoint, standIns.dynamodb.streamArn);
  const pumps = triggersOf("table-insert").map(([door, { prefixes, batch, gatherSeconds = 0 }]) =>
    startPump({
      name: door,
      prefixes,
      batch,
      gatherMs: gatherSeconds * 1000,
      streamArn: standIns.dynamodb.streamArn,
      stream,
      checkpoints,
      invoke: (event) => call(door, event),
      report,
    }),
  );
  const pollers = triggersOf("queue").map(([door, { queue, batch }]) =>
    startQueuePoller({
      endpoint: standIns.fauxqs.endpoint,
      queueUrl: queueUrl(standIns.fauxqs.endpoint, queue),
      queueArn: queueArnOf(queueName(queue)),
      batch,
      parallel: runtime.copies,
      invoke: (event) => call(door, event),
      report,
    }),
  );
  const scheduler = startScheduler({ rules: scheduledRules(), clock, invoke: call, report });
  return {
    scheduler,
    async close() {
      scheduler.close();
      await Promise.all([...pumps, ...pollers].map((source) => source.close()));
      stream.close();
    },
  };
}

function scheduledRules(): ScheduledRule[] {
  return triggersOf("schedule").map(([door, { rule, everyMinutes }]) => ({ door, rule, everyMinutes }));
}

/** The door that answers a request to a kind of host: the one that names its path, else the one that has the rest. */
export function doorOfRequest(host: "tenant" | "api", path: string, method: string): DoorName | undefined {
  const taker = triggersOf("form").find(([, { paths }]) => paths.includes(path));
  if (taker && host === "tenant" && method === "POST") return taker[0];
  const ofHost = triggersOf("http").filter(([, trigger]) => trigger.host === host);
  const named = ofHost.find(([, { paths }]) => paths && isAmong(paths, path));
  return (named ?? ofHost.find(([, { paths }]) => paths === undefined))?.[0];
}

function isAmong({ only, except }: RequestPaths, path: string): boolean {
  return only.some((pattern) => fits(pattern, path)) && !except.some((pattern) => fits(pattern, path));
}

/** Whether a path fits a pattern of CloudFront (Developer Guide, "Path pattern"). */
const fits = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*")}$`, "s").test(path);

function triggersOf<Kind extends Trigger["kind"]>(kind: Kind): [DoorName, Extract<Trigger, { kind: Kind }>][] {
  return doorNames.flatMap((door) =>
    (doors[door].triggers as readonly Trigger[])
      .filter((trigger): trigger is Extract<Trigger, { kind: Kind }> => trigger.kind === kind)
      .map((trigger): [DoorName, Extract<Trigger, { kind: Kind }>] => [door, trigger]),
  );
}
