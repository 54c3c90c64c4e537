/** The two rules of scope that follow from labels, by name. */
import { type Content, itemsOf } from "./content.ts";
import { labelsOf } from "./labels-of.ts";

interface Named {
  readonly claim: string;
  readonly title: string;
  /** The part that bears the label, where it is not the whole claim. */
  readonly part?: string;
  readonly qualifier?: string;
}

/** `out`: labelled Partial, where the gap is known already. `in`: labelled Enforced, so that a way around it is a finding. */
export function derivedScope(content: Content): { readonly out: readonly Named[]; readonly in: readonly Named[] } {
  const all = itemsOf(content, "claims").flatMap((claim) =>
    labelsOf(claim).map(({ label, part }) => ({
      maturity: label.maturity,
      named: {
        claim: claim.id,
        title: part?.title ?? claim.title,
        ...(part ? { part: part.id } : {}),
        ...(label.qualifier === undefined ? {} : { qualifier: label.qualifier }),
      },
    })),
  );
  const at = (wanted: "partial" | "enforced") =>
    all.flatMap(({ maturity, named }) => (maturity === wanted ? [named] : []));
  return { out: at("partial"), in: at("enforced") };
}
