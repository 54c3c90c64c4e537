/** Jobs of a tenant, in the order in which they were asked for. One that is not finished waits in the due index. */
import { dueAt, Job, JobId } from "#shared/job/job.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import { dueKeys } from "./due.ts";
import { duePartition, dueShards, keyAttributes, partitions, sorts } from "./keys.ts";
import type { Key, Table, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

const place = (scope: TenantScope, id: string): Key => ({ pk: partitions.jobs(scope.tenant), sk: sorts.job(id) });

export async function readJob(scope: TenantScope, id: string): Promise<Job | undefined> {
  const item = await scope.table.get(place(scope, id));
  return item && Job.parse(item);
}

/** Jobs, the newest first. `after`: the last id of the page before. */
export async function listJobs(
  scope: TenantScope,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly jobs: readonly Job[]; readonly next?: string }> {
  const { items, next } = await scope.table.list({
    partition: partitions.jobs(scope.tenant),
    newestFirst: true,
    limit: page.limit,
    ...(page.after === undefined ? {} : { after: { ...place(scope, page.after) } }),
  });
  const jobs = items.map((item) => Job.parse(item));
  const last = jobs.at(-1);
  return { jobs, ...(next && last ? { next: last.id } : {}) };
}

/** The write that asks for a job. Its insertion wakes the `jobs` door. Fails where there is one of that id. */
export function newJobWrite(scope: TenantScope, job: Job): Write {
  return { put: toItem(scope, job), guard: "absent" };
}

/** The write that changes a job, as it was read and not asked to end meanwhile. */
export function changedJob(scope: TenantScope, before: Job, after: Job): Write {
  const { revision, cancelAskedAt = null } = before;
  return { put: toItem(scope, after), guard: { equals: { revision, cancelAskedAt } } };
}

/**
 * The write that asks a running job to end. It leaves the revision alone, so that it does not lose against the steps of the
 * one who works on it; that one sees it at its next step. Fails for a job that does not run.
 */
export function askToCancel(scope: TenantScope, { id }: Job, now: Date): Write {
  const at = now.toISOString();
  return {
    update: place(scope, id),
    set: { cancelAskedAt: at, ...due(scope, id, at) },
    guard: { equals: { state: "running" } },
  };
}

/** Jobs of all tenants that somebody must look at now, at most about `most`; reads the index and nothing else. */
export async function dueJobs(table: Table, now: Date, most: number) {
  const found = await dueKeys(table, "job", now, most);
  return found.flatMap(({ key }) => jobOfKey(key) ?? []);
}

/** Reads a key of the jobs' partitions, as the stream and the index bring it. */
export function jobOfKey({ pk, sk }: Key): { readonly tenant: TenantId; readonly id: string } | undefined {
  const tenant = TenantId.safeParse(pk.split("#")[1]);
  const id = JobId.safeParse(decodeURIComponent(sk));
  if (!tenant.success || !id.success || pk !== partitions.jobs(tenant.data)) return undefined;
  return { tenant: tenant.data, id: id.data };
}

function toItem(scope: TenantScope, job: Job) {
  const at = dueAt(job);
  return { ...place(scope, job.id), ...job, ...(at === undefined ? {} : due(scope, job.id, at)) };
}

const due = (scope: TenantScope, id: string, at: string) => ({
  [keyAttributes.duePartition]: duePartition("job", shardOf(id)),
  [keyAttributes.dueSort]: `${at}#${scope.tenant}#${id}`,
});

const shardOf = (id: string): number => [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % dueShards;
