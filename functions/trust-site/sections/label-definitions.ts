import { html } from "hono/html";
import { itemsOf } from "#shared/posture/content.ts";
import { maturities } from "#shared/posture/maturity.ts";
import type { Html } from "../design/html.ts";
import { phrase } from "../design/prose.ts";
import { stamp } from "../design/stamp.ts";
import type { View } from "../view.ts";
import { heading } from "./heading.ts";

/** What each label means: in the tenant's words where it has any, else in ours. */
export function labelDefinitions({ content, words }: View) {
  const own = itemsOf(content, "labels");
  return maturities.map((maturity) => {
    const given = own.find((label) => label.maturity === maturity);
    return {
      maturity,
      title: given?.title ?? words.maturity[maturity],
      definition: given?.definition ?? words.meaning[maturity],
    };
  });
}

export function labelSection(labels: ReturnType<typeof labelDefinitions>, view: View): Html {
  return html`<section>${heading("labels", view.words.labelsTitle)}${labels.map(
    ({ maturity, title, definition }) =>
      html`<div class="entry"><div class="side"><p>${stamp(maturity, false, view.words)}</p></div><div><p><strong>${title}.</strong> ${phrase(definition, view)}</p></div></div>`,
  )}</section>`;
}
