/** What keeps a draft from being published: all that needs the whole of it to see. */
import type { Fault } from "#shared/failure.ts";
import { checkItem } from "./check-item.ts";
import { type Content, findItem, type Kept } from "./content.ts";
import type { Day } from "./day.ts";
import type { Draft } from "./draft.ts";
import { kindNames } from "./kind-names.ts";
import type { ItemOf, Kind } from "./kinds.ts";
import { references } from "./references.ts";

/** Items of one kind that a tenant has at most: what a page can list and a release can hold. */
export const mostItems = 2_500;

/**
 * Faults of a draft, with pointers into its content (`/claims/<id>/...`); none when it can be published. `today`: the day in the
 * tenant's zone.
 */
export function checkDraft({ content }: Draft, today: Day): readonly Fault[] {
  return [
    ...kindNames.flatMap((kind) => checkKind(content, kind, today)),
    ...circles(content),
    ...labelsTwice(content),
  ];
}

function checkKind<K extends Kind>(content: Content, kind: K, today: Day): Fault[] {
  const items: readonly Kept<K>[] = Object.values(content[kind]);
  if (items.length > mostItems)
    return [{ pointer: `/${kind}`, detail: `holds more than ${String(mostItems)} items: remove some` }];
  return items.flatMap((item) =>
    [...checkItem(kind, withoutRevision(item), today), ...badReferences(content, kind, item)].map(
      ({ pointer, detail }) => ({
        pointer: `/${kind}/${item.id}${pointer}`,
        detail,
      }),
    ),
  );
}

function withoutRevision<K extends Kind>({ revision: _, ...item }: Kept<K>): ItemOf<K> {
  return item as unknown as ItemOf<K>;
}

/** What is published refers to what is published: a page can't link to what it must not show. */
function badReferences<K extends Kind>(content: Content, kind: K, item: Kept<K>): Fault[] {
  return references(kind, item).flatMap(({ pointer, kind: target, id }) => {
    const found = findItem(content, target, id);
    if (!found) return [{ pointer, detail: `names an item that is not among ${target}` }];
    if (item.visibility === "public" && found.visibility === "internal")
      return [{ pointer, detail: `names one of ${target} that is internal: make that public, or this internal` }];
    return [];
  });
}

/** Policies whose line of parents leads back to themselves. */
function circles(content: Content): Fault[] {
  const free = new Set<string>();
  return Object.keys(content.policies).flatMap((start) => {
    const line = new Set<string>();
    for (let at: string | null | undefined = start; typeof at === "string" && !free.has(at); ) {
      if (line.has(at))
        return at === start
          ? [{ pointer: `/policies/${start}/parent`, detail: "makes a circle: a policy is above itself" }]
          : [];
      line.add(at);
      at = findItem(content, "policies", at)?.parent;
    }
    for (const id of line) free.add(id);
    return [];
  });
}

function labelsTwice(content: Content): Fault[] {
  const seen = new Set<string>();
  return Object.values(content.labels).flatMap(({ id, maturity }) => {
    const twice = seen.has(maturity);
    seen.add(maturity);
    return twice ? [{ pointer: `/labels/${id}/maturity`, detail: "is defined by another label already" }] : [];
  });
}
