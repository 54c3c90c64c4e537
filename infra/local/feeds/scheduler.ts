import { randomUUID } from "node:crypto";
import type { Clock } from "#infra/local/home/clock.ts";
import { account, region } from "#infra/local/storage/host-client.ts";

export interface ScheduledRule {
  readonly rule: string;
  readonly everyMinutes: number;
  readonly door: string;
}

/** What EventBridge Scheduler hands to a door. */
export interface ScheduledEvent {
  readonly version: "0";
  readonly id: string;
  readonly source: "aws.scheduler";
  readonly "detail-type": "Scheduled Event";
  readonly account: string;
  readonly region: string;
  readonly time: string;
  readonly resources: readonly string[];
  readonly detail: { readonly rule: string };
}

export interface Scheduler {
  readonly rules: readonly string[];
  /** Runs a rule as if `at` were now, and waits for it. Undefined where there is no such rule. */
  run(rule: string, at: Date): Promise<{ readonly rule: string; readonly at: string }> | undefined;
  close(): void;
}

/** Runs each rule whenever the local clock passes a multiple of its interval. A run that is not done skips the next. */
export function startScheduler(options: {
  readonly rules: readonly ScheduledRule[];
  readonly clock: Clock;
  readonly invoke: (door: string, event: ScheduledEvent) => Promise<unknown>;
  readonly report: (sentence: string) => void;
}): Scheduler {
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;

  async function runRule({ rule, door }: ScheduledRule, at: Date): Promise<{ rule: string; at: string }> {
    const event = scheduledEvent(rule, at);
    await options.invoke(door, event);
    return { rule, at: event.time };
  }

  function arm(scheduled: ScheduledRule): void {
    if (closed) return;
    const interval = scheduled.everyMinutes * 60_000;
    const wait = interval - (options.clock.now().getTime() % interval);
    const timer = setTimeout(() => {
      timers.delete(timer);
      runRule(scheduled, options.clock.now())
        .catch((error: unknown) => options.report(`The rule ${scheduled.rule} failed: ${messageOf(error)}`))
        .finally(() => arm(scheduled));
    }, wait);
    timers.add(timer);
  }

  for (const scheduled of options.rules) arm(scheduled);
  return {
    rules: options.rules.map(({ rule }) => rule),
    run(name, at) {
      const scheduled = options.rules.find(({ rule }) => rule === name);
      return scheduled && runRule(scheduled, at);
    },
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** EventBridge's instants have no fractions of a second. */
function scheduledEvent(rule: string, at: Date): ScheduledEvent {
  return {
    version: "0",
    id: randomUUID(),
    source: "aws.scheduler",
    "detail-type": "Scheduled Event",
    account,
    region,
    time: `${at.toISOString().slice(0, 19)}Z`,
    resources: [`arn:aws:scheduler:${region}:${account}:schedule/default/candor-${rule}`],
    detail: { rule },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
