/** Asking for a job, and what the API shows of one. */
import * as z from "zod";
import { type Job, JobId, JobKind, JobState, newJob, newJobId, Progress } from "#shared/job/job.ts";
import type { Random } from "#shared/report/identifier.ts";
import { Instant } from "#shared/report/report.ts";
import { newJobWrite } from "#shared/store/jobs.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import type { TenantVariables } from "./tenant-request.ts";

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

/** Commits that a job is wanted; the `jobs` door begins within seconds. */
export async function askForJob(
  { scope, member, commit }: TenantVariables,
  given: Pick<Job, "kind" | "input">,
  { now, random }: { readonly now: () => Date; readonly random: Random },
): Promise<Job> {
  const job = newJob({ ...given, id: newJobId(now(), random), askedBy: member }, now());
  await commit([newJobWrite(scope, job)], { action: "job.asked", target: { job: job.id, kind: job.kind } });
  return job;
}

export const jobPath = ({ tenant }: TenantScope, { id }: Job): string => `/v1/tenants/${tenant}/jobs/${id}`;
