/** What a release will hold: the draft as it stood at one moment, or what an earlier release holds. */
import { checkDraft } from "#shared/posture/check-draft.ts";
import { dayIn } from "#shared/posture/day.ts";
import { releaseBody, releaseBytes } from "#shared/posture/release-body.ts";
import { type Refusal, type RequestedWork, refusedFor } from "#shared/release/request.ts";
import { draftUnchanged, readDraft } from "#shared/store/drafts.ts";
import { readProfile } from "#shared/store/profiles.ts";
import { storeBody } from "#shared/store/release-bodies.ts";
import { readRelease, stillShown } from "#shared/store/releases.ts";
import type { Write } from "#shared/store/table.ts";
import type { Job } from "./job.ts";

/** What fits into one answer of Lambda (6 MB, quotation marks escaped), so that anybody can fetch and check it. */
const mostBytes = 4 * 1024 * 1024;

/** A body that is stored, and what must still be so when the release is made. */
export interface FrozenContent {
  readonly body: string;
  readonly bytes: number;
  readonly restores?: number;
  readonly checks: readonly Write[];
}

export async function contentOf(
  job: Job,
  work: Exclude<RequestedWork, { kind: "withdraw" }>,
): Promise<FrozenContent | { readonly refusal: Refusal }> {
  return work.kind === "publish" ? contentOfDraft(job) : contentOfRelease(job, work.release);
}

async function contentOfDraft(job: Job): Promise<FrozenContent | { readonly refusal: Refusal }> {
  const { scope, store, now } = job;
  const profile = await readProfile(scope);
  if (profile === undefined) throw new Error(`The tenant ${scope.tenant} has no profile.`);
  const { draft, changes } = await readDraft(scope);
  const faults = checkDraft(draft, dayIn(profile.timeZone, now));
  if (faults.length > 0) return { refusal: refusedFor(faults) };
  const bytes = releaseBytes(releaseBody(draft, profile));
  if (bytes.length > mostBytes) return { refusal: tooLarge(bytes.length) };
  const body = await storeBody(store, scope.tenant, bytes);
  return { body, bytes: bytes.length, checks: [draftUnchanged(scope, changes)] };
}

async function contentOfRelease(
  { scope }: Job,
  number: number,
): Promise<FrozenContent | { readonly refusal: Refusal }> {
  const release = await readRelease(scope, number);
  if (release?.state !== "published") return { refusal: notThere(number) };
  const { body, bytes } = release;
  return { body, bytes, restores: number, checks: stillShown(scope, number) };
}

const notThere = (number: number): Refusal => ({
  code: "not-found",
  detail: `There is no release ${String(number)} that can be read: it never was, or it was withdrawn.`,
});

const tooLarge = (bytes: number): Refusal => ({
  code: "invalid",
  detail: `The release would hold ${String(bytes)} bytes, and ${String(mostBytes)} is the most. Shorten texts, or move them to your own site.`,
});
