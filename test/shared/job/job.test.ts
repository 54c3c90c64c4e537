import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  advanced,
  dueAt,
  finished,
  hindered,
  isFinished,
  isFree,
  Job,
  JobId,
  laidDown,
  newJob,
  newJobId,
  taken,
} from "#shared/job/job.ts";

const now = new Date("2026-11-25T14:00:00.000Z");
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const fresh = () => newJob({ id: newJobId(now, randomBytes), kind: "key-rotation", input: { key: "k" } }, now);
const progress = { done: 3, total: 9, failed: 0 };

describe("the id of a job", () => {
  it("sorts as jobs were asked for, whatever the random part", () => {
    const instants = fc.array(fc.integer({ min: 0, max: 4e12 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(instants, (times) => {
        const ids = times.map((time) => newJobId(new Date(time), randomBytes));
        for (const id of ids) expect(JobId.safeParse(id).success).toBe(true);
        const bySort = ids.toSorted().map((id) => id.split("-")[0]);
        const byTime = times
          .toSorted((a, b) => a - b)
          .map((time) => newJobId(new Date(time), randomBytes).split("-")[0]);
        expect(bySort).toEqual(byTime);
      }),
    );
  });
});

describe("a job", () => {
  it("waits for its time, and is then anybody's", () => {
    const job = newJob({ id: "one", kind: "key-rotation", input: {}, notBefore: later(3) }, now);
    expect([job.state, dueAt(job)]).toEqual(["queued", later(3).toISOString()]);
    expect([isFree(job, later(2)), isFree(job, later(3))]).toEqual([false, true]);
    expect(Job.parse(job)).toEqual(job);
  });

  it("is its holder's until the lease runs out, which each step renews", () => {
    const job = taken(fresh(), "run-1", now);
    expect([job.state, job.startedAt, isFree(job, later(1))]).toEqual(["running", now.toISOString(), false]);
    expect(isFree(job, later(2))).toBe(true);
    const further = advanced(job, { cursor: "b", progress }, later(1));
    expect(further).toMatchObject({ cursor: "b", progress, lease: { holder: "run-1" } });
    expect([isFree(further, later(2)), isFree(further, later(3)), dueAt(further)]).toEqual([
      ...[false, true, later(3).toISOString()],
    ]);
  });

  it("goes on where it was laid down", () => {
    const job = laidDown(advanced(taken(fresh(), "run-1", now), { cursor: "b", progress }, now), later(5));
    expect(job).not.toHaveProperty("lease");
    expect([job.cursor, job.state, isFree(job, later(4)), isFree(job, later(5))]).toEqual([
      "b",
      "running",
      false,
      true,
    ]);
  });

  it("waits longer after each step that fails, forgets them after one that does not, and is given up in the end", () => {
    let job = fresh();
    const waits: number[] = [];
    let at = now;
    while (!isFinished(job)) {
      job = hindered(taken(job, "run", at), "The key is shut off.", at);
      const next = new Date(dueAt(job) ?? at);
      waits.push((next.getTime() - at.getTime()) / 60_000);
      at = next;
    }
    expect(waits.slice(0, 6)).toEqual([1 / 6, 1, 5, 15, 60, 60]);
    expect(job).toMatchObject({ state: "failed", problem: "The key is shut off.", attempts: 24 });
    expect(at.getTime() - now.getTime()).toBeGreaterThan(18 * 3_600_000);
    const mended = advanced(hindered(taken(fresh(), "run", now), "no", now), { cursor: "b", progress }, now);
    expect([mended.attempts, mended.problem]).toEqual([0, undefined]);
  });

  it("that is to be cancelled is taken before its time, and never after its end", () => {
    const waiting = { ...laidDown(taken(fresh(), "run-1", now), later(60)), cancelAskedAt: now.toISOString() };
    expect(isFree(waiting, now)).toBe(true);
    const ended = finished(waiting, "cancelled", now);
    expect([isFree(ended, later(99)), dueAt(ended), ended.finishedAt]).toEqual([false, undefined, now.toISOString()]);
  });

  it("counts every change", () => {
    const changes = [taken(fresh(), "run", now), laidDown(fresh(), now), hindered(fresh(), "no", now)];
    expect(changes.map(({ revision }) => revision)).toEqual([2, 2, 2]);
    expect(finished(advanced(taken(fresh(), "run", now), { cursor: "", progress }, now), "done", now).revision).toBe(4);
  });
});
