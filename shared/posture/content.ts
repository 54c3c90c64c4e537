/** A posture as one value: items by kind and id, so that a pointer into it (`/claims/node-identity/evidence/0`) stays true. */
import { kindNames } from "./kind-names.ts";
import type { ItemOf, Kind } from "./kinds.ts";

/** An item with the number of its revision: 1 when it was made, one more with each change. */
export type Kept<K extends Kind> = ItemOf<K> & { readonly revision: number };

export type Content = { readonly [K in Kind]: Readonly<Record<string, Kept<K>>> };

/** The content that nothing was written into yet. */
export const noContent: Content = Object.fromEntries(kindNames.map((kind) => [kind, {}])) as Content;

/** The items of a kind as a reader meets them: by `order`, then by id. */
export function itemsOf<K extends Kind>(content: Content, kind: K): readonly Kept<K>[] {
  const items: Kept<K>[] = Object.values(content[kind]);
  return items.toSorted((a, b) => (a.order ?? last) - (b.order ?? last) || (a.id < b.id ? -1 : 1));
}
const last = 10_000;

/** The item of that id. An id can be the name of something that every object has. */
export function findItem<K extends Kind>(content: Content, kind: K, id: string): Kept<K> | undefined {
  const items: Readonly<Record<string, Kept<K>>> = content[kind];
  return Object.hasOwn(items, id) ? items[id] : undefined;
}
