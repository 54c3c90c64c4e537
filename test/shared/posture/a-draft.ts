/** Drafts for tests, made of what a client would send. */
import { type Draft, type DraftItem, draftOf } from "#shared/posture/draft.ts";
import { type InputOf, type ItemOf, type Kind, kinds } from "#shared/posture/kinds.ts";

/** An item as the schema reads it, in its first revision. */
export function anItem<K extends Kind>(kind: K, input: InputOf<K>): DraftItem {
  const item = kinds[kind].parse(input) as ItemOf<K>;
  return { kind, item: { ...item, revision: 1 } } as unknown as DraftItem;
}

type ClaimInput = InputOf<"claims">;

/** A claim of which only what matters is given. */
export function aClaim(given: Partial<ClaimInput> & { id: string }): DraftItem {
  return anItem("claims", { title: `Claim ${given.id}`, section: "Section", statement: "It is so.", ...given });
}

export const aDraft = (...items: DraftItem[]): Draft => draftOf(items);
