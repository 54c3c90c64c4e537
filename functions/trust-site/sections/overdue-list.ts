import { html } from "hono/html";
import type { Overdue } from "#shared/posture/overdue.ts";
import { anchor } from "../design/anchor.ts";
import { dated } from "../design/dates.ts";
import type { Html } from "../design/html.ts";
import type { View } from "../view.ts";
import { heading } from "./heading.ts";

/** Exceptions past their review, where a reader sees them before the claims. */
export function overdueSection(overdue: readonly Overdue[], { words, to }: View): Html | "" {
  if (overdue.length === 0) return "";
  return html`<section>${heading("overdue", words.overdueTitle)}${overdue.map(
    ({
      id,
      title,
      dueOn,
      daysOverdue,
    }) => html`<article class="entry"><div class="side"><p class="bad">${words.overdueBy(daysOverdue)}</p></div>
<div><h3><a href="${to(`/exceptions#${anchor("exceptions", id)}`)}">${title}</a></h3><p class="quiet">${words.reviewWasDue(dated(dueOn, words))}</p></div></article>`,
  )}</section>`;
}
