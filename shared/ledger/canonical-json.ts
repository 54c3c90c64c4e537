import { Malformed } from "#shared/signing/malformed.ts";

/** What can be written canonically: no number that is not finite, no text that is half a character. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/**
 * The one text of a value (RFC 8785, JSON Canonicalization Scheme): members by the UTF-16 code units of their names, no white
 * space, strings and numbers as ECMAScript writes them. @throws Malformed for what has no such text
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, member]) => `${text(name)}:${canonicalJson(member)}`).join(",")}}`;
  }
  if (typeof value === "string") return text(value);
  if (typeof value === "number" && !Number.isFinite(value)) throw new Malformed("JSON has no word for this number.");
  return JSON.stringify(value);
}

function text(value: string): string {
  if (!value.isWellFormed()) throw new Malformed("A text with half a surrogate pair has no canonical form.");
  return JSON.stringify(value);
}
