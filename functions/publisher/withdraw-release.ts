/**
 * Takes a release away: first it is noted and logged, then `notary` tells the public, and once no visitor is sent there any more, the
 * content goes. Each step is done by whichever run finds the one before it done.
 */
import type { RequestedWork } from "#shared/release/request.ts";
import { readReleasePointer } from "#shared/store/public-releases.ts";
import { lookAgain, publicationSettled } from "#shared/store/publications.ts";
import { removeBody } from "#shared/store/release-bodies.ts";
import { listReleases, newWithdrawal, readRelease, readWithdrawal } from "#shared/store/releases.ts";
import { GuardFailed } from "#shared/store/table.ts";
import { audit, isWaiting, type Job, refuse } from "./job.ts";

/** How long a run of a door lasts at most: who read that the release was there has finished by then. */
const soon = 60_000;

export async function withdrawRelease(job: Job, work: Extract<RequestedWork, { kind: "withdraw" }>): Promise<void> {
  const { scope, now } = job;
  const release = await readRelease(scope, work.release);
  if (release?.state === "withdrawn") return finish(job, work.release, release.body);
  if (release?.state !== "published")
    return refuse(job, { code: "not-found", detail: "There is no such release that is published." });
  if ((await readReleasePointer(scope))?.release === work.release)
    return refuse(job, {
      code: "conflict",
      detail: "This release is the one that is shown. Publish or restore another one first, then withdraw this one.",
    });
  if ((await readWithdrawal(scope, work.release)) === undefined) await note(job, work, release.body);
  await lookAgain(scope, job.request.id, new Date(now.getTime() + soon));
}

async function note(job: Job, work: Extract<RequestedWork, { kind: "withdraw" }>, body: string): Promise<void> {
  const { scope, request } = job;
  const { release, reason } = work;
  const withdrawal = { release, body, reason, at: request.at, by: request.by };
  try {
    await scope.table.transact([
      ...newWithdrawal(scope, withdrawal),
      audit(job, "release.withdrawal-noted", { release: String(release) }),
    ]);
  } catch (error) {
    // Another run, or another request for the same, noted it.
    if (!(error instanceof GuardFailed)) throw error;
  }
}

async function finish(job: Job, number: number, body: string): Promise<void> {
  const { scope, store, request, now } = job;
  if (!(await isStillUsed(job, body))) await removeBody(store, scope.tenant, body);
  try {
    await scope.table.write(publicationSettled(scope, request, { state: "done", release: number }, now));
  } catch (error) {
    if (!(error instanceof GuardFailed) || (await isWaiting(job))) throw error;
  }
}

/** Whether a release that stands has the same content: one that restored it. */
async function isStillUsed({ scope }: Job, body: string): Promise<boolean> {
  let before: number | undefined;
  do {
    const page = await listReleases(scope, { limit: 100, before });
    if (page.releases.some((release) => release.body === body && release.state !== "withdrawn")) return true;
    before = page.next;
  } while (before !== undefined);
  return false;
}
