/** The numbers that the first sentence of a posture is made of. */
import { type Content, itemsOf } from "./content.ts";
import type { Day } from "./day.ts";
import { type Freshness, freshnessOf } from "./freshness.ts";
import { gapsOf } from "./gaps.ts";
import { standingOf } from "./labels-of.ts";
import { overdueExceptions } from "./overdue.ts";

export interface PostureCounts {
  readonly claims: number;
  /** Claims by where they stand; the numbers add up to `claims`. */
  readonly standing: Readonly<Record<ReturnType<typeof standingOf>, number>>;
  /** Claims by the age of their confirmation; the numbers add up to `claims`. */
  readonly age: Readonly<Record<Freshness["state"], number>>;
  readonly gaps: number;
  readonly risks: number;
  readonly exceptions: number;
  readonly overdueExceptions: number;
}

/** `today`: the day in the tenant's zone. */
export function countPosture(content: Content, today: Day): PostureCounts {
  const standing = { enforced: 0, shipped: 0, beta: 0, partial: 0, mixed: 0, unlabelled: 0 };
  const age = { fresh: 0, overdue: 0, undated: 0 };
  const claims = itemsOf(content, "claims");
  for (const claim of claims) {
    standing[standingOf(claim)]++;
    age[freshnessOf(claim, today).state]++;
  }
  return {
    claims: claims.length,
    standing,
    age,
    gaps: gapsOf(content).length,
    risks: Object.keys(content.risks).length,
    exceptions: Object.keys(content.exceptions).length,
    overdueExceptions: overdueExceptions(content, today).length,
  };
}
