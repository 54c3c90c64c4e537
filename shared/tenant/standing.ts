/** Whether a tenant is served. Only the operator of the service changes it. */
import * as z from "zod";
import { Failure } from "#shared/failure.ts";

export const SuspensionReason = z.string().trim().min(1).max(300);

/**
 * - `active`: served.
 * - `suspended`: its public site says so and nothing else; its mail is still taken in and kept.
 * - `closing`: to be deleted at `until`, and gone from the outside already; can be taken back before.
 * - `closed`: deleted. What is left keeps the slug from being given out again.
 */
export const Standing = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("active") }),
  z.strictObject({ state: z.literal("suspended"), reason: SuspensionReason, since: z.iso.datetime() }),
  z.strictObject({ state: z.literal("closing"), since: z.iso.datetime(), until: z.iso.datetime() }),
  z.strictObject({ state: z.literal("closed"), since: z.iso.datetime() }),
]);
export type Standing = z.infer<typeof Standing>;

const day = 86_400_000;
/** How long a deletion can be taken back: P30D. */
const graceDays = 30;

/** Suspends a tenant, or gives a suspension another reason. A deletion that had begun is taken back by it. @throws Failure */
export function suspended(before: Standing, reason: string, now: Date): Standing {
  refuseEnded(before, now);
  const since = before.state === "suspended" ? before.since : now.toISOString();
  return { state: "suspended", reason, since };
}

/** Serves a tenant again, whether it was suspended or about to be deleted. @throws Failure */
export function active(before: Standing, now: Date): Standing {
  refuseEnded(before, now);
  return { state: "active" };
}

/** Begins a deletion. One that has begun goes on as it was. @throws Failure */
export function closing(before: Standing, now: Date): Standing {
  refuseEnded(before, now);
  if (before.state === "closing") return before;
  return { state: "closing", since: now.toISOString(), until: new Date(now.getTime() + graceDays * day).toISOString() };
}

/** Whether the time in which a deletion can be taken back is over: then it is carried out, and nothing stops it any more. */
export function isToBeDeleted(standing: Standing, now: Date): boolean {
  return standing.state === "closing" && standing.until <= now.toISOString();
}

function refuseEnded(standing: Standing, now: Date): void {
  if (standing.state === "closed" || isToBeDeleted(standing, now))
    throw new Failure("conflict", "This tenant is deleted. Its slug is not given out again; create another tenant.");
}
