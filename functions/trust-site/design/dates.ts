import { html } from "hono/html";
import type { Day } from "#shared/posture/day.ts";
import type { Words } from "../words/words.ts";
import type { Html } from "./html.ts";

const formatters = new Map<string, Intl.DateTimeFormat>();

/** "12 June 2026", for people; the day itself stands in the element for machines. */
export function dated(day: Day, words: Words): Html {
  return html`<time datetime="${day}">${dayInWords(day, words)}</time>`;
}

/** The day of an instant (RFC 3339, UTC), in UTC; the instant itself stands in the element. */
export function datedInstant(instant: string, words: Words): Html {
  return html`<time datetime="${instant}">${dayInWords(instant.slice(0, 10) as Day, words)}</time>`;
}

function dayInWords(day: Day, { locale }: Words): string {
  let formatter = formatters.get(locale);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" });
    formatters.set(locale, formatter);
  }
  const text = formatter.format(new Date(`${day}T00:00:00Z`));
  // French writes the first of a month as an ordinal, and Intl does not.
  return locale.startsWith("fr") ? text.replace(/^1 /, "1er ") : text;
}

/** A period in words, "90 days": of ISO 8601 with one unit. */
export function lengthInWords(length: string, words: Words): string {
  const count = Number(/\d+/.exec(length)?.[0] ?? 0);
  const unit = `${/^PT\d+M$/.test(length) ? "T" : ""}${length.slice(-1)}`;
  return words.length(count, unit as Parameters<Words["length"]>[1]);
}
