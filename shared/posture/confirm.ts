/** What becomes of a claim when somebody looked again. */
import type { Claim } from "./claim.ts";
import type { Confirmation } from "./confirmation.ts";
import type { Evidence } from "./evidence.ts";

/** The claim with its new confirmation; evidence of an id that it has takes the place of that, other evidence is added. */
export function confirmed(claim: Claim, confirmation: Confirmation, evidence: readonly Evidence[] = []): Claim {
  const given = new Map(evidence.map((piece) => [piece.id, piece]));
  const kept = claim.evidence.map((piece) => given.get(piece.id) ?? piece);
  const had = new Set(kept.map(({ id }) => id));
  return { ...claim, confirmation, evidence: [...kept, ...evidence.filter(({ id }) => !had.has(id))] };
}

/** Whether a list of places in the source that still hold carries a claim, and why not. */
export type PathVerdict =
  | { readonly holds: true }
  /** It names nothing that it rests on. */
  | { readonly holds: false; readonly reason: "no-evidence" }
  /** Some of what it rests on is no place in the source: somebody has to look at that. */
  | { readonly holds: false; readonly reason: "other-evidence"; readonly evidence: readonly string[] }
  /** Places that it rests on and that are not in the list. */
  | { readonly holds: false; readonly reason: "missing-paths"; readonly paths: readonly string[] };

/** A claim holds where each piece of its evidence is a place in the source, and each of those is among `paths`. */
export function holdsBy({ evidence }: Pick<Claim, "evidence">, paths: ReadonlySet<string>): PathVerdict {
  if (evidence.length === 0) return { holds: false, reason: "no-evidence" };
  const others = evidence.filter((piece) => pathOf(piece) === undefined).map(({ id }) => id);
  if (others.length > 0) return { holds: false, reason: "other-evidence", evidence: others };
  const missing = evidence.flatMap((piece) => {
    const path = pathOf(piece);
    return path === undefined || paths.has(path) ? [] : [path];
  });
  return missing.length > 0 ? { holds: false, reason: "missing-paths", paths: [...new Set(missing)] } : { holds: true };
}

function pathOf(piece: Evidence): string | undefined {
  if (piece.kind === "source-path") return piece.path;
  return piece.kind === "document" ? piece.path : undefined;
}
