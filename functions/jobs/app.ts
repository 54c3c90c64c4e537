/**
 * Works on jobs, in steps. What a run did not come to, or died over, the due index brings again; one lease a job keeps two runs
 * from doing the same, and where they do all the same, the record's revision lets one of them count.
 */
import { scopeOfWork } from "#shared/access/scope.ts";
import type { AuditAction } from "#shared/audit/action.ts";
import { Failure } from "#shared/failure.ts";
import { advanced, finished, hindered, isFinished, isFree, type Job, laidDown, taken } from "#shared/job/job.ts";
import { newIdentifier, type Random } from "#shared/report/identifier.ts";
import { KeyUnavailable } from "#shared/sealing/vault.ts";
import { auditWrite } from "#shared/store/audit.ts";
import { dueFromShelter } from "#shared/store/held-keys.ts";
import { changedJob, dueJobs, newJobWrite, readJob } from "#shared/store/jobs.ts";
import { type DueRotation, dueRotations } from "#shared/store/named-keys.ts";
import type { Enqueue } from "#shared/store/queue.ts";
import { GuardFailed, type Key, type Table, type Write } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import { rotationJob } from "./key-rotation.ts";
import { stepOf } from "./kinds.ts";
import { leaveShelter } from "./shelter.ts";
import type { Outcome } from "./step.ts";
import type { AsTenant } from "./tenant-ports.ts";

export interface JobsPorts {
  /** The table as the door itself sees it: what is due, and nothing that it is about. */
  readonly table: Table;
  readonly asTenant: AsTenant;
  readonly enqueue: Enqueue;
  readonly now: () => Date;
  readonly random: Random;
  /** Told of what went wrong without anybody's intention; never of what a job is about. */
  readonly report: (error: unknown, job: string) => void;
}

/** A job by its names. */
export interface JobWork {
  readonly tenant: TenantId;
  readonly id: string;
}

/** Jobs that one run of the schedule queues; the rest is due a minute later. */
const mostJobs = 500;
/** Keys in the shelter that one run looks after. */
const mostSheltered = 400;

export function createJobs(ports: JobsPorts) {
  return {
    work,

    /**
     * Queues what is due at this instant: jobs whose time has come, those whose run died, and those that a period asks for. Moves
     * out of the shelter what can leave it.
     */
    async scheduled(at: Date): Promise<{ queued: number }> {
      for (const rotation of await dueRotations(ports.table, at, mostJobs)) {
        await askForRotation(rotation, at).catch((error: unknown) => ports.report(error, "key-rotation"));
      }
      const sheltered = await dueFromShelter(ports.table, at, mostSheltered);
      for (const [tenant, places] of Map.groupBy(sheltered, ({ pk }) => pk.split("#")[1] ?? "")) {
        await empty(tenant, places, at).catch((error: unknown) => ports.report(error, "shelter"));
      }
      const due = await dueJobs(ports.table, at, mostJobs);
      for (const job of due) await ports.enqueue(job);
      return { queued: due.length };
    },
  };

  async function empty(name: string, places: readonly Key[], at: Date): Promise<void> {
    const tenant = TenantId.parse(name);
    const tenantPorts = await ports.asTenant(tenant);
    await leaveShelter({ scope: scopeOfWork(tenantPorts.table, tenant), ports: tenantPorts }, places, at);
  }

  /** One job for each moment: who comes second, finds it there. */
  async function askForRotation(rotation: DueRotation, at: Date): Promise<void> {
    const { table } = await ports.asTenant(rotation.tenant);
    const scope = scopeOfWork(table, rotation.tenant);
    await scope.table.write(newJobWrite(scope, rotationJob(rotation, at))).catch(unlessThere);
  }

  /** Works on one job until it is done, has to wait, or `until` has come; then it goes back into the queue. */
  async function work({ tenant, id }: JobWork, request: string, until: Date): Promise<void> {
    const tenantPorts = await ports.asTenant(tenant);
    const scope = scopeOfWork(tenantPorts.table, tenant);
    const found = await readJob(scope, id);
    if (!found || !isFree(found, ports.now())) return;
    const holder = newIdentifier(ports.random);
    let job: Job | undefined = await stored(scope, found, taken(found, holder, ports.now()), request);
    while (job?.lease?.holder === holder) {
      const outcome = job.cancelAskedAt === undefined ? await step(job) : ("cancelled" as const);
      const { after, writes } = follow(job, outcome, ports.now());
      const isOver: boolean = ports.now() >= until && after.lease !== undefined;
      const next = isOver ? laidDown(after, ports.now()) : after;
      job = await stored(scope, job, next, request, writes);
      if (isOver && job === next) await ports.enqueue({ tenant, id });
    }

    async function step(current: Job): Promise<Outcome | { readonly error: unknown }> {
      const { now, random } = ports;
      try {
        return await stepOf[current.kind]({ scope, ports: tenantPorts, job: current, now: now(), random, request });
      } catch (error) {
        if (!(error instanceof Failure || error instanceof KeyUnavailable)) ports.report(error, id);
        return { error };
      }
    }
  }

  /**
   * Stores a change with its event. What it answers stands in the table: where somebody else changed the job meanwhile, that
   * one; its lease says whether it is still ours. `writes` that lost against others have the step done again.
   */
  async function stored(
    scope: TenantScope,
    before: Job,
    after: Job,
    request: string,
    writes: readonly Write[] = [],
  ): Promise<Job | undefined> {
    const ended = isFinished(after) ? [event(scope, after, request)] : [];
    try {
      await scope.table.transact([changedJob(scope, before, after), ...ended, ...writes]);
      return after;
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error;
      if (error.positions.includes(0)) return await readJob(scope, before.id);
    }
    return stored(scope, before, hindered(before, changedMeanwhile, ports.now()), request);
  }

  function event(scope: TenantScope, { id, kind, state }: Job, request: string): Write {
    const action = `job.${state}` as Extract<AuditAction, "job.done" | "job.failed" | "job.cancelled">;
    const at = ports.now();
    return auditWrite(scope, { at, actor: { door: "jobs" }, action, target: { job: id, kind }, request }, ports.random);
  }
}

function unlessThere(error: unknown): void {
  if (!(error instanceof GuardFailed)) throw error;
}

const changedMeanwhile = "What the job is about was changed meanwhile. It is tried again.";

/** What becomes of a job after a step, and what is written beside it. */
function follow(
  job: Job,
  outcome: Outcome | "cancelled" | { readonly error: unknown },
  now: Date,
): { readonly after: Job; readonly writes?: readonly Write[] } {
  if (outcome === "cancelled") return { after: finished(job, "cancelled", now) };
  if ("error" in outcome) return { after: afterError(job, outcome.error, now) };
  switch (outcome.next) {
    case "step":
      return { after: advanced(job, { cursor: outcome.cursor, progress: outcome.progress }, now) };
    case "wait":
      return { after: laidDown(job, outcome.until) };
    case "end": {
      const { progress, result, writes = [] } = outcome;
      return { after: finished(job, "done", now, { progress, ...(result && { result }) }), writes };
    }
  }
}

function afterError(job: Job, error: unknown, now: Date): Job {
  if (error instanceof KeyUnavailable) return hindered(job, error.message, now);
  if (!(error instanceof Failure)) return hindered(job, "A step failed without intention. It is tried again.", now);
  if (error.code === "unavailable") return hindered(job, error.message, now);
  return finished(job, "failed", now, { problem: error.message });
}
