import { html } from "hono/html";
import { daysBetween } from "#shared/posture/day.ts";
import type { Freshness } from "#shared/posture/freshness.ts";
import type { View } from "../view.ts";
import { dated, lengthInWords } from "./dates.ts";
import type { Html } from "./html.ts";

const width = 120;
const height = 6;

/**
 * The age of a confirmation, drawn and said. The bar runs from the confirmation to the review; past it, it is full, and a notch
 * shows where the review was due.
 */
export function age(freshness: Freshness, reviewEvery: string, { day, words }: View): Html {
  if (freshness.state === "undated") return html`<p class="age undated">${bar(0)}<span>${words.undatedAge}</span></p>`;
  const { confirmedOn, reviewBy } = freshness;
  const days = Math.max(0, daysBetween(confirmedOn, day));
  const whole = Math.max(1, daysBetween(confirmedOn, reviewBy));
  if (freshness.state === "overdue")
    return html`<p class="age late">${bar(1, whole / Math.max(days, whole))}<span>${words.lateAge(
      days,
      words.every(lengthInWords(reviewEvery, words)),
      dated(reviewBy, words),
      freshness.daysOverdue,
    )}</span></p>`;
  return html`<p class="age">${bar(days / whole)}<span>${words.freshAge(days, dated(confirmedOn, words))}; ${words.dueBy(dated(reviewBy, words))}</span></p>`;
}

/** Decoration: the words beside it say the same. */
function bar(run: number, due?: number): Html {
  const at = (share: number): string => String(Math.round(Math.min(1, share) * width));
  return html`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-hidden="true"><rect class="track" width="${width}" height="${height}"/>${
    run > 0 ? html`<rect class="run" width="${at(run)}" height="${height}"/>` : ""
  }${due === undefined ? "" : html`<rect class="due" x="${at(due)}" width="3" height="${height}"/>`}</svg>`;
}
