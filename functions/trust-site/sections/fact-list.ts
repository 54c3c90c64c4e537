import { html } from "hono/html";
import type { Fact } from "#shared/posture/head.ts";
import type { Html } from "../design/html.ts";

/** Names and values that a text turns on. */
export function factList(facts: readonly Fact[]): Html | "" {
  if (facts.length === 0) return "";
  return html`<dl class="facts">${facts.map(({ name, value }) => html`<dt>${name}</dt><dd><code>${value}</code></dd>`)}</dl>`;
}
