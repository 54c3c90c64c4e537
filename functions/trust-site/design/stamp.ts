import { html } from "hono/html";
import type { Label } from "#shared/posture/label.ts";
import type { Maturity } from "#shared/posture/maturity.ts";
import type { Words } from "../words/words.ts";
import type { Html } from "./html.ts";

/** A label as a stamp. Its fill says how far it may be relied on; struck out, that nobody has confirmed it in time. */
export function stamp(maturity: Maturity | "unlabelled", struck: boolean, words: Words): Html {
  const name = maturity === "unlabelled" ? words.unlabelled : words.maturity[maturity];
  const kind = `stamp ${maturity}${struck ? " struck" : ""}`;
  return struck
    ? html`<s class="${kind}"><span>${name}</span></s>`
    : html`<span class="${kind}"><span>${name}</span></span>`;
}

/** The stamp of one label, with what narrows it. */
export function labelled(label: Label | null, struck: boolean, words: Words): Html {
  return html`<p>${stamp(label?.maturity ?? "unlabelled", struck, words)}</p>${
    label?.qualifier === undefined ? "" : html`<p>${label.qualifier}</p>`
  }${label?.maturity === "partial" ? html`<p>${words.doNotRely}</p>` : ""}`;
}
