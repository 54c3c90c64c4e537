/** A tenant's draft: the items of its posture, and what they were before. */
import { Failure } from "#shared/failure.ts";
import { mostItems } from "#shared/posture/check-draft.ts";
import type { Kept } from "#shared/posture/content.ts";
import { type Draft, type DraftItem, draftOf } from "#shared/posture/draft.ts";
import { type ItemOf, type Kind, kinds } from "#shared/posture/kinds.ts";
import { partitions, sorts } from "./keys.ts";
import type { Item, Page, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

/** How many states of an item are kept, the one it is in included. */
const keptRevisions = 50;

/** Who changed an item and when. */
export interface Change {
  readonly at: Date;
  /** The opaque name that audit events use. */
  readonly by: string;
}

/** An item as it is stored, with its last change. */
export interface Stored<K extends Kind> {
  readonly item: Kept<K>;
  readonly changedAt: string;
  readonly changedBy: string;
}

/** What an item was in one of its revisions; `item` is missing where it was removed. */
export interface Revision<K extends Kind> {
  readonly revision: number;
  readonly item?: Kept<K>;
  readonly changedAt: string;
  readonly changedBy: string;
}

const place = (scope: TenantScope, kind: Kind, id: string) => ({
  pk: partitions.draft(scope.tenant),
  sk: sorts.draftItem(kind, id),
});
const statePlace = (scope: TenantScope) => ({ pk: partitions.draft(scope.tenant), sk: sorts.draftState() });

export async function readItem<K extends Kind>(
  scope: TenantScope,
  kind: K,
  id: string,
): Promise<Stored<K> | undefined> {
  const found = await scope.table.get(place(scope, kind, id));
  return found && toStored(kind, found);
}

/** Items of a kind by id. `after`: the last id of the page before. */
export async function listItems<K extends Kind>(
  scope: TenantScope,
  kind: K,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly items: readonly Stored<K>[]; readonly next?: string }> {
  const { items, next } = await scope.table.list({
    partition: partitions.draft(scope.tenant),
    prefix: sorts.draftItem(kind),
    limit: page.limit,
    ...(page.after === undefined ? {} : { after: place(scope, kind, page.after) }),
  });
  const stored = items.map((item) => toStored(kind, item));
  const last = stored.at(-1);
  return { items: stored, ...(next && last ? { next: last.item.id } : {}) };
}

/** All states of an item that are kept, the newest first. */
export async function listRevisions<K extends Kind>(
  scope: TenantScope,
  kind: K,
  id: string,
): Promise<readonly Revision<K>[]> {
  const { items } = await scope.table.list({
    partition: partitions.revisions(scope.tenant),
    prefix: sorts.revision(kind, id),
    newestFirst: true,
    limit: keptRevisions,
  });
  return items.map((found) => {
    const { revision, item, changedAt, changedBy } = found as unknown as StoredItem;
    return { revision, ...(item ? { item: toKept(kind, found) } : {}), changedAt, changedBy };
  });
}

/**
 * The whole draft as it was at one moment. `changes` counts what was ever changed in it, so that whoever publishes can tell
 * whether it is still the same. @throws Failure `unavailable` while it is changed faster than it can be read
 */
export async function readDraft(scope: TenantScope): Promise<{ readonly draft: Draft; readonly changes: number }> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const before = await readChanges(scope);
    const items = await everyItem(scope);
    if ((await readChanges(scope)) === before) return { draft: draftOf(items), changes: before };
  }
  throw new Failure("unavailable", "The draft is being changed just now. Ask again in a moment.");
}

/** Writes nothing: fails where the draft was changed since it had been changed so often. */
export function draftUnchanged(scope: TenantScope, changes: number): Write {
  return { check: statePlace(scope), guard: { equals: { changes: changes === 0 ? null : changes } } };
}

/** What is to happen to one item: without `before` it is made, without `after` removed, with both changed. */
export interface Edit<K extends Kind = Kind> {
  readonly kind: K;
  readonly before?: Kept<K> | undefined;
  readonly after?: ItemOf<K> | undefined;
}

/** Items that one transaction can edit, so that there is room for what belongs to it. */
export const mostEdits = 30;

/**
 * The writes of an edit. They fail where an item is not as it was read, where one that is to be made is there already, or where there
 * would be too many of its kind.
 */
export async function editDraft(scope: TenantScope, edits: readonly Edit[], change: Change): Promise<readonly Write[]> {
  if (edits.length > mostEdits) throw new Error(`An edit has at most ${String(mostEdits)} items.`);
  const writes = await Promise.all(edits.map((edit) => editItem(scope, edit, change)));
  const made = new Map<Kind, number>();
  for (const { kind, before, after } of edits)
    made.set(kind, (made.get(kind) ?? 0) + (after ? 1 : 0) - (before ? 1 : 0));
  const counts = Object.fromEntries([...made].filter(([, more]) => more !== 0));
  const limits = Object.fromEntries(
    Object.entries(counts).flatMap(([kind, more]) => (more > 0 ? [[kind, mostItems - more + 1]] : [])),
  );
  const state: Write = {
    update: statePlace(scope),
    add: { changes: 1, ...counts },
    ...(Object.keys(limits).length > 0 ? { guard: { below: limits } } : {}),
  };
  return [...writes.flat(), state];
}

async function editItem(scope: TenantScope, { kind, before, after }: Edit, change: Change): Promise<Write[]> {
  const id = (after ?? before)?.id ?? "";
  // An item that was there before left its revisions: the numbers go on, so that no two states ever have the same.
  const revision = (before?.revision ?? (await listRevisions(scope, kind, id))[0]?.revision ?? 0) + 1;
  const next = stateOf(kind, id, after, revision, change);
  const guard = before ? ({ equals: { revision: before.revision } } as const) : "absent";
  const target = place(scope, kind, id);
  return [
    after ? { put: { ...target, ...next }, guard } : { delete: target, guard },
    ...revisionWrites(scope, kind, id, next),
  ];
}

interface StoredItem {
  readonly kind: Kind;
  readonly id: string;
  readonly revision: number;
  readonly item?: Item;
  readonly changedAt: string;
  readonly changedBy: string;
}

function stateOf(
  kind: Kind,
  id: string,
  item: ItemOf<Kind> | undefined,
  revision: number,
  { at, by }: Change,
): StoredItem & Item {
  const state = { kind, id, revision, changedAt: at.toISOString(), changedBy: by };
  if (!item) return state;
  const { revision: _, ...content } = item as Kept<Kind>;
  return { ...state, item: content as Item };
}

function revisionWrites(scope: TenantScope, kind: Kind, id: string, state: StoredItem & Item): Write[] {
  const at = (revision: number) => ({
    pk: partitions.revisions(scope.tenant),
    sk: sorts.revision(kind, id, revision),
  });
  const tooOld = state.revision - keptRevisions;
  return [{ put: { ...at(state.revision), ...state } }, ...(tooOld > 0 ? [{ delete: at(tooOld) }] : [])];
}

function toStored<K extends Kind>(kind: K, found: Item): Stored<K> {
  const { changedAt, changedBy } = found as unknown as StoredItem;
  return { item: toKept(kind, found), changedAt, changedBy };
}

/** Read by the schema of today: what it came to have since then has its default. */
function toKept<K extends Kind>(kind: K, found: Item): Kept<K> {
  const { item, revision } = found as unknown as StoredItem;
  return { ...kinds[kind].parse(item), revision } as unknown as Kept<K>;
}

async function readChanges(scope: TenantScope): Promise<number> {
  const state = await scope.table.get(statePlace(scope));
  return (state?.["changes"] as number | undefined) ?? 0;
}

async function everyItem(scope: TenantScope): Promise<DraftItem[]> {
  const all: DraftItem[] = [];
  let after: Page["next"];
  do {
    const { items, next } = await scope.table.list({
      partition: partitions.draft(scope.tenant),
      ...(after === undefined ? {} : { after }),
    });
    for (const found of items) {
      const { kind } = found as unknown as StoredItem;
      if (kind !== undefined) all.push({ kind, item: toKept(kind, found) } as unknown as DraftItem);
    }
    after = next;
  } while (after);
  return all;
}
