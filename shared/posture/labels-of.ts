import type { Label } from "./label.ts";
import { type Maturity, maturities } from "./maturity.ts";

/** What bears labels: a claim, or as much of one as that takes. */
export interface Labelled {
  readonly label: Label | null;
  readonly parts: readonly { readonly id: string; readonly title: string; readonly label: Label | null }[];
}

/** A label, and the part that it is of where it is not the claim's own. */
export interface PlacedLabel {
  readonly label: Label;
  readonly part?: { readonly id: string; readonly title: string };
}

/** Every label that a claim bears: its own, then those of its parts. */
export function labelsOf({ label, parts }: Labelled): readonly PlacedLabel[] {
  return [
    ...(label ? [{ label }] : []),
    ...parts.flatMap((part) => (part.label ? [{ label: part.label, part: { id: part.id, title: part.title } }] : [])),
  ];
}

/** Where a claim as a whole stands: at its own label, at the one that its parts agree on, or at none. */
export function standingOf(claim: Labelled): Maturity | "mixed" | "unlabelled" {
  const [first, ...others] = new Set(labelsOf(claim).map(({ label }) => label.maturity));
  if (first === undefined) return "unlabelled";
  return claim.label === null && others.length > 0 ? "mixed" : (claim.label?.maturity ?? first);
}

/** "Enforced / Shipped": the distinct maturities of a mixed claim, strongest first. */
export function mixOf(claim: Labelled): readonly Maturity[] {
  const borne = new Set(labelsOf(claim).map(({ label }) => label.maturity));
  return maturities.filter((maturity) => borne.has(maturity));
}
