/**
 * A tenant's claim to a host of its own. A TXT record that only the owner of the name can set proves it, is looked up again each
 * day, and ends it when it stays away.
 */
import { hash } from "node:crypto";
import * as z from "zod";
import { HostName } from "./host-name.ts";
import type { TenantId } from "./tenant.ts";

export const HostClaim = z.object({
  host: HostName,
  /** 256 bits, in hexadecimal digits: nobody knows the record's value before the claim is made. */
  random: z.string().regex(/^[0-9a-f]{64}$/),
  /**
   * - `pending`: the record was not seen yet.
   * - `verified`: it was there when last looked up; the host serves the tenant.
   * - `failing`: it is not there any more, or can't be looked up. Served until `loseAfter` is over.
   * - `lost`: it stayed away. Nothing is looked up again; to have the host, the claim is withdrawn and made anew.
   * - `withdrawn`: by the tenant; not served from that moment on, and about to be forgotten.
   */
  state: z.enum(["pending", "verified", "failing", "lost", "withdrawn"]),
  /** Since when it is in this state. */
  since: z.iso.datetime(),
  claimedAt: z.iso.datetime(),
  checkedAt: z.iso.datetime().optional(),
  /** What the last look-up came to, where it did not confirm the claim. */
  obstacle: z.enum(["no-record", "no-answer", "held-elsewhere"]).optional(),
  revision: z.int().min(1),
});
export type HostClaim = z.infer<typeof HostClaim>;

/** The values of all TXT records of a name; `undefined` where its name servers gave no answer that could be used. */
export type TxtAnswer = readonly string[] | undefined;

const hour = 3_600_000;
const day = 24 * hour;
/** How long a claim waits for its record. */
const provenWithin = 14 * day;
/** How long a host that was proven is served without its record. */
const loseAfter = 7 * day;

export function newHostClaim(host: HostName, random: Uint8Array, now: Date): HostClaim {
  if (random.length !== 32) throw new RangeError("A host's challenge takes 32 bytes of randomness.");
  const at = now.toISOString();
  const secret = Buffer.from(random).toString("hex");
  return { host, random: secret, state: "pending", since: at, claimedAt: at, revision: 1 };
}

/** The record to set: its name, and the value that proves this tenant's claim and no other. */
export function challengeOf(
  { host, random }: HostClaim,
  tenant: TenantId,
): { readonly name: string; readonly value: string } {
  // None of the parts can hold a line end, so no two claims are written alike.
  const digest = hash("sha256", `candor host challenge\n${tenant}\n${host}\n${random}`, "base64url");
  return { name: `_candor-challenge.${host}`, value: `candor-challenge=${digest}` };
}

/** Whether requests to the host are answered for the tenant. */
export function isServed({ state }: HostClaim): boolean {
  return state === "verified" || state === "failing";
}

/**
 * The claim after its record was looked up. `held`: another tenant has the host; while its own record stands, it keeps it.
 * A claim that is lost or withdrawn stays so.
 */
export function afterLookup(
  claim: HostClaim,
  { proven, answered, held }: { readonly proven: boolean; readonly answered: boolean; readonly held: boolean },
  now: Date,
): HostClaim {
  if (claim.state === "lost" || claim.state === "withdrawn") return claim;
  const checkedAt = now.toISOString();
  const revision = claim.revision + 1;
  const { obstacle: _, ...rest } = { ...claim, checkedAt, revision };
  const inState = (state: HostClaim["state"]) => ({ state, since: state === claim.state ? claim.since : checkedAt });
  if (proven && !held) return { ...rest, ...inState("verified") };
  const obstacle = proven ? "held-elsewhere" : answered ? "no-record" : "no-answer";
  if (isServed(claim)) {
    const gone = claim.state === "failing" && ageOf(claim.since, now) >= loseAfter;
    return { ...rest, obstacle, ...inState(gone ? "lost" : "failing") };
  }
  return { ...rest, obstacle, ...inState(ageOf(claim.claimedAt, now) >= provenWithin ? "lost" : "pending") };
}

/** When to look the record up after `now`; `undefined` where that is over. Quicker for somebody who waits for the answer. */
export function nextLookup({ state, claimedAt }: HostClaim, now: Date): Date | undefined {
  switch (state) {
    case "verified":
      return new Date(now.getTime() + day);
    case "failing":
      return new Date(now.getTime() + hour);
    case "pending":
      return new Date(now.getTime() + (ageOf(claimedAt, now) < hour ? hour / 60 : hour));
    case "withdrawn":
      return now;
    case "lost":
      return undefined;
  }
}

/** Gives a claim up. */
export function withdrawn(claim: HostClaim, now: Date): HostClaim {
  if (claim.state === "withdrawn") return claim;
  return { ...claim, state: "withdrawn", since: now.toISOString(), revision: claim.revision + 1 };
}

const ageOf = (since: string, now: Date): number => now.getTime() - new Date(since).getTime();
