/** What releases hold and the draft would: for previews and comparisons. */
import { Failure, type Fault } from "#shared/failure.ts";
import { notFound } from "#shared/http/api.ts";
import { checkDraft } from "#shared/posture/check-draft.ts";
import { dayIn } from "#shared/posture/day.ts";
import { readReleaseBody } from "#shared/posture/read-release-body.ts";
import { type ReleaseBody, releaseBody } from "#shared/posture/release-body.ts";
import type { Release } from "#shared/release/release.ts";
import { readDraft } from "#shared/store/drafts.ts";
import { readProfile } from "#shared/store/profiles.ts";
import { readBody } from "#shared/store/release-bodies.ts";
import { readRelease } from "#shared/store/releases.ts";
import type { TenantVariables } from "./tenant-request.ts";

/** The draft as it would be published today, and what keeps it from that. */
export async function draftContent(
  { scope }: TenantVariables,
  now: Date,
): Promise<{ readonly body: ReleaseBody; readonly faults: readonly Fault[] }> {
  const profile = await readProfile(scope);
  if (!profile) throw notFound();
  const { draft } = await readDraft(scope);
  return { body: releaseBody(draft, profile), faults: checkDraft(draft, dayIn(profile.timeZone, now)) };
}

/** A release by its number. @throws Failure `not-found` */
export async function findRelease({ scope }: TenantVariables, number: number): Promise<Release> {
  const release = await readRelease(scope, number);
  if (!release) throw notFound();
  return release;
}

/** What a release holds. @throws Failure `gone` where it was withdrawn */
export async function releaseContent(
  { scope, ports }: TenantVariables,
  bucket: string,
  { number, body, state }: Release,
): Promise<ReleaseBody> {
  const found =
    state === "withdrawn" ? undefined : await readBody({ objects: ports.objects, bucket }, scope.tenant, body);
  if (!found)
    throw new Failure("gone", `Release ${String(number)} was withdrawn. Its number and digest are all that is left.`);
  return readReleaseBody(found);
}
