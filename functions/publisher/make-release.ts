/** Makes a release of the draft, or of an earlier one: the body first, then one transaction with everything that tells of it. */

import type { Release, ReleaseHead } from "#shared/release/release.ts";
import type { RequestedWork } from "#shared/release/request.ts";
import { isScheduled } from "#shared/release/request.ts";
import { publicationSettled } from "#shared/store/publications.ts";
import { newRelease, readReleaseHead } from "#shared/store/releases.ts";
import { GuardFailed } from "#shared/store/table.ts";
import { contentOf, type FrozenContent } from "./frozen-content.ts";
import { audit, isWaiting, type Job, refuse } from "./job.ts";

/** How often a release is tried that loses against another one of the tenant. */
const attemptsAtMost = 4;

type MakingWork = Exclude<RequestedWork, { kind: "withdraw" }>;

export async function makeRelease(job: Job, work: MakingWork): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const head = await readReleaseHead(job.scope);
    if (work.base !== undefined && work.base !== head.newest)
      return refuse(job, {
        code: "conflict",
        detail: `Release ${String(head.newest)} came meanwhile. Look at what it changed, then publish again.`,
      });
    const content = await contentOf(job, work);
    if ("refusal" in content) return refuse(job, content.refusal);
    try {
      return await store(job, head, releaseOf(job, work, head, content), content);
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error;
      // Another run carried it out, or another request was quicker: look again.
      if (!(await isWaiting(job))) return;
      if (attempt === attemptsAtMost) throw error;
    }
  }
}

async function store(job: Job, head: ReleaseHead, release: Release, { checks }: FrozenContent): Promise<void> {
  const { scope, request, now } = job;
  const done = { state: "done", release: release.number } as const;
  await scope.table.transact([
    publicationSettled(scope, request, done, now),
    ...newRelease(scope, head, release),
    ...checks,
    audit(job, "release.frozen", { release: String(release.number) }),
  ]);
}

function releaseOf({ request }: Job, { note }: MakingWork, head: ReleaseHead, content: FrozenContent): Release {
  const { body, bytes, restores } = content;
  const { id, by, at } = request;
  return {
    ...{ number: head.newest + 1, state: "pending", body, bytes, previous: head.body, at, by, request: id },
    ...(note === undefined ? {} : { note }),
    ...(restores === undefined ? {} : { restores }),
    ...(isScheduled(request) ? { scheduledFor: at } : {}),
  };
}
