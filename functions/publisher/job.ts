import type { AuditAction } from "#shared/audit/action.ts";
import type { PublicationRequest, Refusal } from "#shared/release/request.ts";
import type { Random } from "#shared/report/identifier.ts";
import { auditWrite } from "#shared/store/audit.ts";
import { publicationSettled, readPublication } from "#shared/store/publications.ts";
import type { ReleaseStore } from "#shared/store/release-bodies.ts";
import { GuardFailed, type Write } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";

/** One request of one tenant, and what it is carried out with. */
export interface Job {
  readonly scope: TenantScope;
  readonly store: ReleaseStore;
  readonly request: PublicationRequest;
  /** The run, as the audit names it. */
  readonly invocation: string;
  readonly now: Date;
  readonly random: Random;
}

export function audit({ scope, request, invocation, now, random }: Job, action: AuditAction, more = {}): Write {
  const target = { request: request.id, ...more };
  return auditWrite(scope, { at: now, actor: { door: "publisher" }, action, target, request: invocation }, random);
}

/** Notes that nothing comes of a request, and why. */
export async function refuse(job: Job, refusal: Refusal): Promise<void> {
  const { scope, request, now } = job;
  const settled = publicationSettled(scope, request, { state: "refused", refusal }, now);
  try {
    await scope.table.transact([settled, audit(job, "release.refused", { reason: refusal.code })]);
  } catch (error) {
    if (!(error instanceof GuardFailed) || (await isWaiting(job))) throw error;
  }
}

export async function isWaiting({ scope, request }: Job): Promise<boolean> {
  return (await readPublication(scope, request.id))?.state === "waiting";
}
