import { afterEach, describe, expect, it, vi } from "vitest";
import { type ScheduledEvent, type Scheduler, startScheduler } from "#infra/local/feeds/scheduler.ts";

let scheduler: Scheduler;
afterEach(() => {
  scheduler.close();
  vi.useRealTimers();
});

function start(invoke: (door: string, event: ScheduledEvent) => Promise<unknown>) {
  const reports: string[] = [];
  scheduler = startScheduler({
    rules: [{ rule: "sweep", everyMinutes: 5, door: "sweeper" }],
    clock: { offsetMs: 0, now: () => new Date() },
    invoke,
    report: (sentence) => reports.push(sentence),
  });
  return reports;
}

describe("the scheduler", () => {
  it("runs a rule whenever the clock passes a multiple of its interval, and goes on after a failure", async () => {
    vi.useFakeTimers({ now: new Date("2026-11-21T10:02:30.400Z") });
    const times: string[] = [];
    const reports = start(async (door, event) => {
      times.push(`${door} ${event.time}`);
      if (times.length === 1) throw new Error("no");
    });
    await vi.advanceTimersByTimeAsync(13 * 60_000);
    expect(times).toEqual([
      "sweeper 2026-11-21T10:05:00Z",
      "sweeper 2026-11-21T10:10:00Z",
      "sweeper 2026-11-21T10:15:00Z",
    ]);
    expect(reports).toEqual(["The rule sweep failed: no"]);
  });

  it("hands over the event of EventBridge with the instant that was asked for", async () => {
    const events: ScheduledEvent[] = [];
    start(async (_door, event) => events.push(event));
    expect(await scheduler.run("sweep", new Date("2027-01-01T00:00:00.999Z"))).toEqual({
      rule: "sweep",
      at: "2027-01-01T00:00:00Z",
    });
    expect(events[0]).toMatchObject({
      version: "0",
      source: "aws.scheduler",
      "detail-type": "Scheduled Event",
      time: "2027-01-01T00:00:00Z",
      detail: { rule: "sweep" },
    });
    expect(scheduler.run("other", new Date())).toBeUndefined();
  });
});
