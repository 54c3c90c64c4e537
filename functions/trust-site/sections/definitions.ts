import { html } from "hono/html";
import type { Html } from "../design/html.ts";

/** Terms beside what is said to them; a row whose value is empty or missing is left out. */
export function definitions(rows: readonly (readonly [term: string, value: Html | string | undefined])[]): Html | "" {
  const given = rows.filter(([, value]) => value !== undefined && value !== "");
  if (given.length === 0) return "";
  return html`<dl class="facts">${given.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>`;
}
