/**
 * Work that takes longer than a request: one record a job, changed in steps. A step is short and may be done again; after each
 * one the record says how far it is, so that a run which dies costs one step. Whoever works on a job holds its lease.
 */
import * as z from "zod";
import { base32, type Random } from "#shared/report/identifier.ts";
import { Instant } from "#shared/report/report.ts";

/** What there is to do. Each kind is one file in `functions/jobs/`. */
export const JobKind = z.enum(["rewrap", "key-rotation", "export", "erasure"]);
export type JobKind = z.infer<typeof JobKind>;

export const JobState = z.enum(["queued", "running", "done", "failed", "cancelled"]);

/** An instant in digits, then 80 random bits: the order of ids is the order in which jobs were asked for. */
export const JobId = z.string().regex(/^[a-z0-9][a-z0-9-]{2,127}$/);

/** Counts of what a job is about. */
export const Progress = z.strictObject({
  /** Looked at and as they should be. */
  done: z.int().min(0),
  /** Of how many; absent until it is known. */
  total: z.int().min(0).optional(),
  /** Left as they were, because nothing helped. */
  failed: z.int().min(0),
});
export type Progress = z.infer<typeof Progress>;

/** What a kind of job was given, and what it found: plain JSON. */
const Facts = z.record(z.string(), z.json());
export type Facts = z.infer<typeof Facts>;

export const Job = z.object({
  id: JobId,
  kind: JobKind,
  state: JobState,
  input: Facts,
  createdAt: Instant,
  /** The opaque name of the member who asked for it; absent where a schedule did. */
  askedBy: z.string().optional(),
  startedAt: Instant.optional(),
  finishedAt: Instant.optional(),
  /** Nobody works on it before. */
  notBefore: Instant,
  progress: Progress,
  /** Where the next step begins, in the kind's own words; absent at the beginning. */
  cursor: z.string().optional(),
  /** Who works on it, and until when nobody else does. */
  lease: z.strictObject({ holder: z.string(), until: Instant }).optional(),
  /** Steps in a row that failed. */
  attempts: z.int().min(0),
  cancelAskedAt: Instant.optional(),
  /** A sentence: what stands in the way, or why it was given up. */
  problem: z.string().optional(),
  result: Facts.optional(),
  /** Counts changes; a change is conditional on it. */
  revision: z.int().min(1),
});
export type Job = z.infer<typeof Job>;

const minute = 60_000;
/** How long a lease holds after the step that renewed it: no step takes so long. */
const leaseHolds = 2 * minute;
/** Waits after steps that failed in a row; the last repeats. */
const backoff = [10_000, minute, 5 * minute, 15 * minute, 60 * minute];
/** Steps in a row that may fail before the job is given up: most of a day. */
const attemptsAtMost = 24;

/** An id for a job asked for at `now`. */
export function newJobId(now: Date, random: Random): string {
  return `${now.toISOString().replaceAll(/\D/g, "")}-${base32(random(10))}`;
}

/** A job that waits for its first step. */
export function newJob(
  given: Pick<Job, "id" | "kind" | "input"> & { readonly askedBy?: string | undefined; readonly notBefore?: Date },
  now: Date,
): Job {
  const { id, kind, input, askedBy, notBefore = now } = given;
  return {
    ...{ id, kind, input, state: "queued", createdAt: now.toISOString(), notBefore: notBefore.toISOString() },
    ...(askedBy === undefined ? {} : { askedBy }),
    ...{ progress: { done: 0, failed: 0 }, attempts: 0, revision: 1 },
  };
}

export const isFinished = ({ state }: Job): boolean => state !== "queued" && state !== "running";

/** When somebody must look at a job: its time has come, or its lease ran out. `undefined` once it is finished. */
export function dueAt(job: Job): string | undefined {
  return isFinished(job) ? undefined : (job.lease?.until ?? job.notBefore);
}

/** Whether a run may take the job. One that is to be cancelled need not wait for its time. */
export function isFree(job: Job, now: Date): boolean {
  if (isFinished(job)) return false;
  if (job.lease !== undefined) return Date.parse(job.lease.until) <= now.getTime();
  return job.cancelAskedAt !== undefined || Date.parse(job.notBefore) <= now.getTime();
}

/** The job in the hands of `holder`, who may begin or go on. */
export function taken(job: Job, holder: string, now: Date): Job {
  return next(job, { state: "running", startedAt: job.startedAt ?? now.toISOString(), lease: lease(holder, now) });
}

/** The job one step further; the lease is renewed. */
export function advanced(job: Job, step: { readonly cursor: string; readonly progress: Progress }, now: Date): Job {
  const { problem: _, ...rest } = job;
  return next(rest, { ...step, attempts: 0, ...(job.lease && { lease: lease(job.lease.holder, now) }) });
}

/** The job laid down until `at`, for whoever comes then. */
export function laidDown(job: Job, at: Date): Job {
  const { lease: _, ...rest } = job;
  return next(rest, { notBefore: at.toISOString() });
}

/** The job after a step that failed: tried again later, and given up in the end. `problem` is a sentence for people. */
export function hindered(job: Job, problem: string, now: Date): Job {
  const attempts = job.attempts + 1;
  if (attempts >= attemptsAtMost) return { ...finished(job, "failed", now), problem, attempts };
  const wait = backoff[Math.min(job.attempts, backoff.length - 1)] ?? minute;
  return { ...laidDown(job, new Date(now.getTime() + wait)), problem, attempts };
}

/** What these were given says whom or what they are about, and is forgotten with their end. */
const forgetful: ReadonlySet<JobKind> = new Set(["erasure"]);

/** The job at its end. */
export function finished(
  job: Job,
  state: "done" | "failed" | "cancelled",
  now: Date,
  found: { readonly progress?: Progress; readonly result?: Facts; readonly problem?: string } = {},
): Job {
  const { lease: _, cursor: __, problem: ___, ...rest } = job;
  const input = forgetful.has(job.kind) ? {} : job.input;
  return next(rest, { ...found, input, state, finishedAt: now.toISOString() });
}

const lease = (holder: string, now: Date) => ({
  holder,
  until: new Date(now.getTime() + leaseHolds).toISOString(),
});

const next = (job: Omit<Job, "lease" | "cursor" | "problem"> & Partial<Job>, changes: Partial<Job>): Job => ({
  ...job,
  ...changes,
  revision: job.revision + 1,
});
