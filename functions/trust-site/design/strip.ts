import { html } from "hono/html";
import type { Maturity } from "#shared/posture/maturity.ts";
import type { Words } from "../words/words.ts";
import type { Html } from "./html.ts";

export interface Cell {
  readonly href: string;
  readonly title: string;
  readonly standing: Maturity | "mixed" | "unlabelled";
  readonly age: "fresh" | "overdue" | "undated";
}

/** From here on cells are drawn small. */
const many = 60;

/** One cell a claim, filled as its label is. */
export function strip(cells: readonly Cell[], words: Words): Html {
  return html`<ul class="strip${cells.length > many ? " many" : ""}">${cells.map(
    ({ href, title, standing, age }) =>
      html`<li><a class="cell ${standing}${mark(age)}" href="${href}" title="${title}"><span class="unseen">${title}: ${standingName(
        standing,
        words,
      )}${age === "overdue" ? `, ${words.late}` : age === "undated" ? `, ${words.undated}` : ""}</span></a></li>`,
  )}</ul>`;
}

const mark = (age: Cell["age"]): string => (age === "overdue" ? " late" : age === "undated" ? " undated" : "");

export const standingName = (standing: Cell["standing"], words: Words): string =>
  standing === "mixed" ? words.mixed : standing === "unlabelled" ? words.unlabelled : words.maturity[standing];

/** What the fills mean, with how many there are; what does not occur is left out. */
export function key(
  standing: Readonly<Record<Cell["standing"], number>>,
  late: number,
  undated: number,
  words: Words,
): Html {
  const fills = (Object.keys(standing) as Cell["standing"][]).filter((name) => standing[name] > 0);
  return html`<ul class="key">${fills.map(
    (name) => html`<li><i class="${name}"></i><span>${standingName(name, words)} <b>${standing[name]}</b></span></li>`,
  )}${late > 0 ? html`<li><i class="late"></i><span>${words.late} <b>${late}</b></span></li>` : ""}${
    undated > 0 ? html`<li><i class="undated"></i><span>${words.undated} <b>${undated}</b></span></li>` : ""
  }</ul>`;
}
