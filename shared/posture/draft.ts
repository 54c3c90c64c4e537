/** All of a tenant's content as staff see it: what publishing starts from. */
import { type Content, type Kept, noContent } from "./content.ts";
import type { Kind } from "./kinds.ts";

export interface Draft {
  readonly content: Content;
}

/** An item and its kind. */
export type DraftItem = { [K in Kind]: { readonly kind: K; readonly item: Kept<K> } }[Kind];

/** The draft that these items make. Of two with one id the later stays. */
export function draftOf(items: readonly DraftItem[]): Draft {
  const content = structuredClone(noContent) as Record<Kind, Record<string, unknown>>;
  for (const { kind, item } of items) content[kind][item.id] = item;
  return { content: content as Content };
}
