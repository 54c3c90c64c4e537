/** Content in further languages: an item's texts, by where they stand in it. */
import * as z from "zod";

/** An ISO 639-1 code, which is what BCP 47 wants where there is one: `de`. */
export const Language = z.string().regex(/^[a-z]{2}$/, "write a language as two lower-case letters");

/** Texts by JSON pointer into the item (RFC 6901): `{"de": {"/title": "..."}}`. A text that is not there stays as it is. */
export const Translations = z
  .record(Language, z.record(z.string().max(200).regex(/^\//, "must be a JSON pointer"), z.string().max(8_000)))
  .refine((languages) => Object.keys(languages).length <= 10, "has at most ten languages");

interface Translatable {
  readonly translations?: z.infer<typeof Translations> | undefined;
}

/** The item in a language, as far as it was translated. */
export function inLanguage<Item extends Translatable>(item: Item, language: string): Item {
  const texts = item.translations?.[language];
  if (!texts) return item;
  const copy = structuredClone(item);
  for (const [pointer, text] of Object.entries(texts)) replaceText(copy, pointer, text);
  return copy;
}

/** Pointers of a translation that name no text of the item, with the language before them. */
export function danglingTranslations(item: Translatable): readonly string[] {
  return Object.entries(item.translations ?? {}).flatMap(([language, texts]) =>
    Object.keys(texts)
      .filter((pointer) => !replaceText(structuredClone(item), pointer, ""))
      .map((pointer) => `/translations/${language}/${pointer.replaceAll("~", "~0").replaceAll("/", "~1")}`),
  );
}

/** Never translated: what is not said to a reader, and what other items refer to. */
const fixed: ReadonlySet<string> = new Set(["id", "visibility", "translations", "source"]);

/** Puts a text where the pointer leads, if there is one already. */
function replaceText(item: object, pointer: string, text: string): boolean {
  const path = pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = path.pop();
  if (last === undefined || path.concat(last).some((part) => fixed.has(part))) return false;
  let at: unknown = item;
  for (const part of path) at = ownMember(at, part);
  if (typeof at !== "object" || at === null || typeof ownMember(at, last) !== "string") return false;
  (at as Record<string, unknown>)[last] = text;
  return true;
}

const ownMember = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
