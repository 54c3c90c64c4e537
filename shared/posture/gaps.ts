/** The summary of what is conceded. It is derived, so that it can't say anything else than the claims themselves. */
import type { Caveat } from "./claim.ts";
import { type Content, itemsOf } from "./content.ts";

export interface Gap {
  readonly from: {
    readonly kind: "claims" | "purposes" | "risks";
    readonly id: string;
    readonly title: string;
    /** The part of the claim. */
    readonly part?: string;
    /** The caveat's id; a risk is a gap as a whole. */
    readonly caveat?: string;
  };
  /** Prose. */
  readonly summary: string;
  readonly plan?: string;
}

/** Caveats of claims and their parts, what a tenant concedes of itself, and risks that are gaps, in the order they are read. */
export function gapsOf(content: Content): readonly Gap[] {
  return [
    ...itemsOf(content, "claims").flatMap(({ id, title, caveats, parts }) => [
      ...caveats.map((caveat) => gapOf({ kind: "claims", id, title }, caveat)),
      ...parts.flatMap((part) =>
        part.caveats.map((caveat) => gapOf({ kind: "claims", id, title, part: part.id }, caveat)),
      ),
    ]),
    ...itemsOf(content, "purposes").flatMap(({ id, title, caveats }) =>
      caveats.map((caveat) => gapOf({ kind: "purposes", id, title }, caveat)),
    ),
    ...itemsOf(content, "risks").flatMap(({ id, title, kind, statement, plan }) =>
      kind === "gap"
        ? [{ from: { kind: "risks" as const, id, title }, summary: statement, ...(plan ? { plan } : {}) }]
        : [],
    ),
  ];
}

const gapOf = (from: Gap["from"], { id, summary, plan }: Pick<Caveat, "id" | "summary" | "plan">): Gap => ({
  from: { ...from, caveat: id },
  summary,
  ...(plan === undefined ? {} : { plan }),
});
