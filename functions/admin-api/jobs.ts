/** Jobs: `/v1/tenants/<t>/jobs`. What takes longer than a request: how far it is, and how to end it. */
import * as z from "zod";
import { Failure } from "#shared/failure.ts";
import { notFound } from "#shared/http/api.ts";
import { PageQuery, pageOf } from "#shared/http/page.ts";
import { finished, isFinished, type Job, JobId } from "#shared/job/job.ts";
import type { Random } from "#shared/report/identifier.ts";
import { askToCancel, changedJob, listJobs, readJob } from "#shared/store/jobs.ts";
import { GuardFailed } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { askForJob, JobDetail, jobDetail, jobPath } from "./job.ts";
import type { TenantVariables } from "./tenant-request.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

const group = "Jobs";
const params = z.object({ job: JobId });

/** What is asked for by other paths is not asked for here. */
const Asked = z.strictObject({ kind: z.literal("rewrap") });

export function jobRoutes(
  api: TenantApi,
  { now, random }: { readonly now: () => Date; readonly random: Random },
): void {
  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/jobs", group, permission: "job.read" },
      summary: "The jobs, the newest first",
      query: PageQuery,
      answers: { 200: { description: "A page of jobs.", json: pageOf(JobDetail) } },
    },
    async (c) => {
      const { limit } = c.req.valid("query");
      const page = await listJobs(c.var.scope, { limit, after: await c.var.paging.after(JobId) });
      const items = page.jobs.map((job) => jobDetail(job, now()));
      return c.json({ items, cursor: await c.var.paging.cursor(page.next) });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/jobs", group, permission: "key.manage" },
      summary: "Move what is sealed under the newest version of the sealing key",
      description:
        "Kind rewrap: every private key that stands under an older version of candor-sealing is wrapped anew inside KMS, and what stands where is counted. Old versions can be retired then.",
      body: Asked,
      answers: {
        202: { description: "The job.", json: JobDetail, headers: { Location: "Where it says how far it is." } },
      },
    },
    async (c) => {
      const { kind } = c.req.valid("json");
      const job = await askForJob(c.var, { kind, input: {} }, { now, random });
      return c.json(jobDetail(job, now()), 202, { location: jobPath(c.var.scope, job) });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/jobs/{job}", group, permission: "job.read", params },
      summary: "A job, and how far it is",
      answers: { 200: { description: "The job.", json: JobDetail } },
    },
    async (c) => c.json(jobDetail(await find(c.var.scope, c.req.valid("param").job), now())),
  );

  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/jobs/{job}/cancel", group, permission: "job.cancel", params },
      summary: "End a job before it is done",
      description: "What it did stays done. One that runs ends after the step that is under way.",
      answers: {
        200: { description: "It is cancelled.", json: JobDetail },
        202: { description: "It is asked to end.", json: JobDetail },
      },
      failures: ["conflict"],
    },
    async (c) => {
      const job = await cancel(c.var, await find(c.var.scope, c.req.valid("param").job), now());
      return c.json(jobDetail(job, now()), isFinished(job) ? 200 : 202);
    },
  );
}

async function cancel({ scope, commit }: TenantVariables, job: Job, now: Date): Promise<Job> {
  if (isFinished(job)) throw new Failure("conflict", `This job is over: it is ${job.state}. There is nothing to end.`);
  const after = job.state === "queued" ? finished(job, "cancelled", now) : undefined;
  const target = { job: job.id, kind: job.kind };
  try {
    await commit([after ? changedJob(scope, job, after) : askToCancel(scope, job, now)], {
      ...{ action: after ? "job.cancelled" : "job.cancel-asked", target },
    });
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
    throw new Failure("conflict", "The job went on meanwhile. Read it, then decide anew.");
  }
  return after ?? (await find(scope, job.id));
}

async function find(scope: TenantScope, id: string): Promise<Job> {
  const job = await readJob(scope, id);
  if (!job) throw notFound();
  return job;
}
