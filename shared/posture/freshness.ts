import type { Claim } from "./claim.ts";
import { type Day, dayAfter, daysBetween } from "./day.ts";

/** How old a claim's confirmation is on a day. Undated is not fresh: nobody said that it was looked at. */
export type Freshness =
  | { readonly state: "fresh"; readonly confirmedOn: Day; readonly reviewBy: Day; readonly daysLeft: number }
  | { readonly state: "overdue"; readonly confirmedOn: Day; readonly reviewBy: Day; readonly daysOverdue: number }
  | { readonly state: "undated" };

/** Fresh up to and including the day of review. `today`: the day in the tenant's zone. */
export function freshnessOf(
  { confirmation, reviewEvery }: Pick<Claim, "confirmation" | "reviewEvery">,
  today: Day,
): Freshness {
  if (!confirmation) return { state: "undated" };
  const confirmedOn = confirmation.on;
  const reviewBy = dayAfter(confirmedOn, reviewEvery);
  const daysLeft = daysBetween(today, reviewBy);
  return daysLeft >= 0
    ? { state: "fresh", confirmedOn, reviewBy, daysLeft }
    : { state: "overdue", confirmedOn, reviewBy, daysOverdue: -daysLeft };
}
