/** What the API shows of a job. */
import * as z from "zod";
import { type Job, JobId, JobKind, JobState, Progress } from "#shared/job/job.ts";
import { Instant } from "#shared/report/report.ts";

export const JobDetail = z
  .strictObject({
    id: JobId,
    kind: JobKind,
    state: JobState,
    createdAt: Instant,
    startedAt: Instant.optional(),
    finishedAt: Instant.optional(),
    notBefore: Instant.optional().meta({ description: "It waits until then." }),
    cancelAskedAt: Instant.optional().meta({ description: "It ends after the step that is under way." }),
    progress: Progress,
    problem: z.string().optional().meta({ description: "What stands in the way, or why it was given up." }),
    result: z.record(z.string(), z.json()).optional().meta({ description: "What it found, by its kind." }),
  })
  .meta({ id: "Job" });

/** What it was given stays out: that may name what is to be erased. */
export function jobDetail(job: Job, now: Date): z.input<typeof JobDetail> {
  const { id, kind, state, createdAt, startedAt, finishedAt, cancelAskedAt, progress, problem, result } = job;
  const waits = finishedAt === undefined && job.lease === undefined && job.notBefore > now.toISOString();
  return {
    ...{ id, kind, state, createdAt, startedAt, finishedAt, cancelAskedAt, progress, problem, result },
    ...(waits ? { notBefore: job.notBefore } : {}),
  };
}
