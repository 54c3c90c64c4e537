/** Asks `publisher` for something, and waits a little for what comes of it. */
import { Failure } from "#shared/failure.ts";
import type { Release } from "#shared/release/release.ts";
import type { PublicationRequest, Refusal, RequestedWork } from "#shared/release/request.ts";
import { newIdentifier, type Random } from "#shared/report/identifier.ts";
import { newPublication, readPublication } from "#shared/store/publications.ts";
import { readRelease, readReleaseHead } from "#shared/store/releases.ts";
import { difference } from "./release.ts";
import { draftContent, findRelease, releaseContent } from "./release-content.ts";
import type { TenantVariables } from "./tenant-request.ts";

export interface ReleaseSettings {
  /** The bucket of release bodies. */
  readonly releasesBucket: string;
  readonly now: () => Date;
  readonly random: Random;
  /** Waits so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** Five seconds in all. */
const [looks, between] = [40, 125];

/** Writes the request, with its audit event. */
export async function request(
  c: TenantVariables,
  settings: ReleaseSettings,
  work: RequestedWork,
  at?: Date,
): Promise<PublicationRequest> {
  const now = settings.now();
  const made: PublicationRequest = {
    ...{ id: newIdentifier(settings.random), work, by: c.member, state: "waiting" },
    ...{ at: (at ?? now).toISOString(), createdAt: now.toISOString() },
  };
  const action = work.kind === "withdraw" ? "release.withdrawal-requested" : "release.requested";
  const target = { request: made.id, kind: work.kind, ...("release" in work ? { release: String(work.release) } : {}) };
  await c.commit([newPublication(c.scope, made)], { action, target });
  return made;
}

/**
 * Looks until the release that a request is about has the wanted state, for five seconds at most. Answers the request where it takes
 * longer. @throws Failure where it is refused; a conflict bears the difference
 */
export async function outcome(
  c: TenantVariables,
  settings: ReleaseSettings,
  { id, work }: PublicationRequest,
  wanted: Release["state"],
): Promise<{ readonly release: Release } | { readonly waiting: PublicationRequest }> {
  for (let look = 1; ; look++) {
    const now = await readPublication(c.scope, id);
    if (!now) throw new Error("A request that was just written is gone.");
    if (now.refusal) throw await refused(c, settings, work, now.refusal);
    const number = work.kind === "withdraw" ? work.release : now.release;
    const release = number === undefined ? undefined : await readRelease(c.scope, number);
    if (release?.state === wanted) return { release };
    if (look === looks) return { waiting: now };
    await settings.pause(between);
  }
}

async function refused(
  c: TenantVariables,
  settings: ReleaseSettings,
  work: RequestedWork,
  { code, detail, faults = [] }: Refusal,
): Promise<Failure> {
  if (code !== "conflict" || work.kind === "withdraw") return new Failure(code, detail, { faults });
  return conflict(c, settings, detail);
}

/** Somebody else was quicker: what publishing now would change in what they made. */
export async function conflict(c: TenantVariables, settings: ReleaseSettings, detail: string): Promise<Failure> {
  const { newest } = await readReleaseHead(c.scope);
  const members = { newest, difference: await differenceToDraft(c, settings, newest) };
  return new Failure("conflict", detail, { members });
}

/** What publishing the draft would change in the newest release; `null` where there is none to compare with. */
export async function differenceToDraft(c: TenantVariables, settings: ReleaseSettings, newest: number) {
  const release = newest === 0 ? undefined : await findRelease(c, newest);
  if (release === undefined || release.state === "withdrawn") return null;
  const before = await releaseContent(c, settings.releasesBucket, release);
  return difference(before, (await draftContent(c, settings.now())).body);
}
