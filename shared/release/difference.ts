/** What is different between two releases: by kind, id and field, the labels that moved apart from the rest. */
import { isDeepStrictEqual } from "node:util";
import { kindNames } from "#shared/posture/kind-names.ts";
import type { Kind } from "#shared/posture/kinds.ts";
import type { Label } from "#shared/posture/label.ts";
import type { ReleaseBody } from "#shared/posture/release-body.ts";

/** One field: a pointer into the item (`/parts/tls/statement`; what has ids is named by them), and its value in each release. */
export interface FieldChange {
  readonly pointer: string;
  /** Absent where the field is new. */
  readonly before?: unknown;
  /** Absent where the field is gone. */
  readonly after?: unknown;
}

export interface ItemName {
  readonly kind: Kind | "organisation";
  readonly id: string;
  readonly title: string;
}

/** A label of an item, or of the part of it that the pointer names, that is another one now; `null` where there is none. */
export interface MovedLabel extends ItemName {
  readonly pointer: string;
  readonly before: Label | null;
  readonly after: Label | null;
}

export interface ChangedItem extends ItemName {
  readonly fields: readonly FieldChange[];
}

/** In the order in which it is to be told. */
export interface ReleaseDifference {
  readonly moved: readonly MovedLabel[];
  readonly removed: readonly ItemName[];
  readonly added: readonly ItemName[];
  readonly changed: readonly ChangedItem[];
}

interface Item {
  readonly id: string;
  readonly title: string;
}

export function differenceOf(before: ReleaseBody, after: ReleaseBody): ReleaseDifference {
  const moved: MovedLabel[] = [];
  const removed: ItemName[] = [];
  const added: ItemName[] = [];
  const changed: ChangedItem[] = [];

  function compare(name: ItemName, one: object, other: object): void {
    const all = fieldsOf("", one, other).filter(({ pointer }) => pointer !== "/revision");
    const fields = all.filter(({ pointer }) => !isLabel(pointer));
    for (const { pointer, before: was, after: is } of all.filter((field) => isLabel(field.pointer)))
      moved.push({ ...name, pointer, before: (was ?? null) as Label | null, after: (is ?? null) as Label | null });
    if (fields.length > 0) changed.push({ ...name, fields });
  }

  for (const kind of kindNames) {
    const [one, other]: Readonly<Record<string, Item>>[] = [before.content[kind], after.content[kind]];
    for (const id of idsOf(one, other)) {
      const [was, is] = [own(one, id), own(other, id)];
      const name = { kind, id, title: (is ?? was)?.title ?? id };
      if (was && is) compare(name, was, is);
      else if (is) added.push(name);
      else removed.push(name);
    }
  }
  const organisation = { kind: "organisation", id: after.organisation.slug, title: after.organisation.name } as const;
  compare(organisation, before.organisation, after.organisation);
  return { moved, removed, added, changed };
}

const isLabel = (pointer: string): boolean => pointer.endsWith("/label");

/** Fields that differ. Goes into objects and into lists of things with ids; a label, and every other list, is one value. */
function fieldsOf(pointer: string, before: unknown, after: unknown): FieldChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  const [one, other] = [membersOf(before), membersOf(after)];
  if (one === undefined || other === undefined || isLabel(pointer)) {
    return [{ pointer, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
  }
  return idsOf(one, other).flatMap((name) => fieldsOf(`${pointer}/${escaped(name)}`, own(one, name), own(other, name)));
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (!Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  const ids = value.map((element: unknown) => (element as { id?: unknown } | null)?.id);
  const named = ids.every((id) => typeof id === "string") && new Set(ids).size === ids.length;
  return named ? Object.fromEntries(value.map((element: { id: string }) => [element.id, element])) : undefined;
}

const idsOf = (one: object = {}, other: object = {}): string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();

function own<Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return record && Object.hasOwn(record, name) ? record[name] : undefined;
}

/** RFC 6901. */
const escaped = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");
