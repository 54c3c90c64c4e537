import { html } from "hono/html";
import { findItem, itemsOf } from "#shared/posture/content.ts";
import { anchor } from "../design/anchor.ts";
import { lede } from "../design/lede.ts";
import { prose } from "../design/prose.ts";
import type { Page } from "../page.ts";
import { definitions } from "../sections/definitions.ts";
import { factList } from "../sections/fact-list.ts";
import { heading } from "../sections/heading.ts";
import type { View } from "../view.ts";

/** What whoever runs the product does and ticks off; printed, it is a form. */
export function hardeningPage(view: View): Page | undefined {
  const { organisation, content, words, release, to } = view;
  const checklists = itemsOf(content, "hardening").map(({ id, title, phase, statement, steps }) => ({
    ...{ id, title, phase, statement, steps },
  }));
  if (checklists.length === 0) return undefined;
  return {
    title: `${words.hardeningTitle} - ${organisation.name}`,
    description: words.hardeningLede,
    facts: { release, checklists },
    main: () =>
      html`<h1>${words.hardeningTitle}</h1>${lede([words.hardeningLede])}${checklists.map(
        ({ id, title, phase, statement, steps }) =>
          html`<section>${heading(anchor("hardening", id), title)}<p class="quiet below">${phase}</p>${
            statement === undefined ? "" : html`<div class="text">${prose(statement, view)}</div>`
          }<ol class="boxes text">${steps.map((step) => {
            const claim = step.claim === undefined ? undefined : findItem(content, "claims", step.claim);
            return html`<li id="${anchor("hardening", id, step.id)}">${prose(step.statement, view)}${factList(step.facts)}${
              step.command === undefined ? "" : html`<pre><code class="command">${step.command}</code></pre>`
            }${definitions([
              [words.needed, words.need[step.need]],
              [words.reasonFor, claim ? html`<a href="${to(`/claims/${claim.id}`)}">${claim.title}</a>` : step.claim],
            ])}</li>`;
          })}</ol></section>`,
      )}`,
  };
}
