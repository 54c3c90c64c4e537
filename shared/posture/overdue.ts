/** What is past its day: the same list for the page and for the gate that CI asks. */
import { type Content, itemsOf } from "./content.ts";
import { type Day, daysBetween } from "./day.ts";
import { freshnessOf } from "./freshness.ts";

export interface Overdue {
  readonly what: "exception" | "claim";
  readonly id: string;
  readonly title: string;
  readonly dueOn: Day;
  readonly daysOverdue: number;
}

/** Exceptions after the day of their review, longest overdue first. */
export function overdueExceptions(content: Content, today: Day): readonly Overdue[] {
  return longestFirst(
    itemsOf(content, "exceptions").flatMap(({ id, title, review }) =>
      review.on !== null && review.on < today
        ? [{ what: "exception", id, title, dueOn: review.on, daysOverdue: daysBetween(review.on, today) }]
        : [],
    ),
  );
}

/** Claims whose last confirmation is older than their review interval, longest overdue first. */
function overdueClaims(content: Content, today: Day): readonly Overdue[] {
  return longestFirst(
    itemsOf(content, "claims").flatMap((claim) => {
      const age = freshnessOf(claim, today);
      return age.state === "overdue"
        ? [{ what: "claim", id: claim.id, title: claim.title, dueOn: age.reviewBy, daysOverdue: age.daysOverdue }]
        : [];
    }),
  );
}

const longestFirst = (list: readonly Overdue[]): readonly Overdue[] =>
  list.toSorted((a, b) => b.daysOverdue - a.daysOverdue);

/** The answer to a gate: whether nothing is past its day. What has no day is not past it. */
export function gateResult(
  content: Content,
  today: Day,
  only?: "exceptions" | "claims",
): { readonly pass: boolean; readonly overdue: readonly Overdue[] } {
  const overdue = [
    ...(only === "claims" ? [] : overdueExceptions(content, today)),
    ...(only === "exceptions" ? [] : overdueClaims(content, today)),
  ];
  return { pass: overdue.length === 0, overdue };
}
