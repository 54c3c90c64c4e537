/** What comes of reading a file: items as far as it says them, and what of it found no place. Nothing of it is stored. */
import type * as z from "zod";
import { Failure, type Fault } from "#shared/failure.ts";
import { ItemId } from "#shared/posture/head.ts";
import { type Kind, kinds } from "#shared/posture/kinds.ts";

/** Entries of both lists together. A file that makes more is no policy, and its answer would not fit. */
const mostEntries = 5_000;
/** Characters of a text that is quoted as unplaced. */
const longestQuote = 300;

/** An item as far as the file says it. `missing`: what it needs before it can be saved, with a pointer into it. */
interface ImportedItem {
  /** Counted from 1. */
  readonly line: number;
  readonly item: Readonly<Record<string, unknown>>;
  readonly missing: readonly Fault[];
}

/** Something the file says and no item holds. */
interface Unplaced {
  readonly line: number;
  readonly text: string;
  readonly why: string;
}

export interface Imported {
  readonly draft: { readonly [K in Kind]?: readonly ImportedItem[] };
  readonly unplaced: readonly Unplaced[];
}

/** Where a reader puts what it reads. */
export interface Collector {
  place(kind: Kind, line: number, item: Readonly<Record<string, unknown>>): void;
  leave(line: number, text: string, why: string): void;
  readonly imported: Imported;
}

/** @throws Failure `invalid` from the method with which it becomes too much */
export function newCollector(): Collector {
  const draft: { [K in Kind]?: ImportedItem[] } = {};
  const unplaced: Unplaced[] = [];
  let entries = 0;
  const count = () => {
    entries += 1;
    if (entries > mostEntries) throw unreadable(`holds more than ${String(mostEntries)} statements: divide it`);
  };
  return {
    place(kind, line, item) {
      count();
      draft[kind] ??= [];
      draft[kind].push({ line, item, missing: missingOf(kind, item) });
    },
    leave(line, text, why) {
      const quote = text.replaceAll(/\s+/g, " ").trim();
      if (quote === "") return;
      count();
      unplaced.push({ line, text: quote.length > longestQuote ? `${quote.slice(0, longestQuote - 1)}…` : quote, why });
    },
    get imported() {
      return { draft, unplaced: unplaced.toSorted((one, other) => one.line - other.line) };
    },
  };
}

/** The file is not what it was said to be. Quotes nothing of it. */
export function unreadable(detail: string, cause?: unknown): Failure {
  return new Failure("invalid", "The file can't be read as what it is said to be. Correct what errors names.", {
    faults: [{ pointer: "/text", detail }],
    cause,
  });
}

function missingOf(kind: Kind, item: object): Fault[] {
  // An id is made of the title when the item is saved.
  const schema = (kinds[kind] as unknown as z.ZodObject).safeExtend({ id: ItemId.optional() });
  return (schema.safeParse(item).error?.issues ?? []).map(({ path, message }) => ({
    pointer: path.map((part) => `/${String(part)}`).join(""),
    detail: valueAt(item, path) === undefined ? "is not said in the file: add it" : message,
  }));
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, part) => (typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[part] : undefined),
    value,
  );
