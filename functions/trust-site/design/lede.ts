import { html } from "hono/html";
import type { Phrase } from "../words/standing.ts";
import type { Html } from "./html.ts";

export const lede = (phrases: readonly Phrase[]): Html =>
  html`<p class="lede">${phrases.map((phrase) => (typeof phrase === "string" ? phrase : html`<strong>${phrase.strong}</strong>`))}</p>`;

export const ledeText = (phrases: readonly Phrase[]): string =>
  phrases.map((phrase) => (typeof phrase === "string" ? phrase : phrase.strong)).join("");
