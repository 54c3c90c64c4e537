import { html } from "hono/html";
import { findItem, itemsOf } from "#shared/posture/content.ts";
import { anchor } from "../design/anchor.ts";
import type { Html } from "../design/html.ts";
import { prose } from "../design/prose.ts";
import type { View } from "../view.ts";
import { heading } from "./heading.ts";

export function frameworkFacts({ content }: View) {
  return itemsOf(content, "frameworks").map(({ id, title, version, statement, controls }) => ({
    ...{ id, title, version, statement },
    controls: controls.map(({ control, state, claims }) => ({
      ...{ control, state },
      claims: claims.flatMap((claim) => {
        const found = findItem(content, "claims", claim);
        return found ? [{ id: found.id, title: found.title }] : [];
      }),
    })),
  }));
}

/** How the posture answers a framework's controls: no more than the tenant said. */
export function frameworkSection(frameworks: ReturnType<typeof frameworkFacts>, view: View): Html | "" {
  const { words, to } = view;
  if (frameworks.length === 0) return "";
  return html`<section>${heading("frameworks", words.frameworksTitle)}${frameworks.map(
    ({
      id,
      title,
      version,
      statement,
      controls,
    }) => html`<article class="entry" id="${anchor("frameworks", id)}"><div class="side"><p>${version}</p></div>
<div><h3>${title}</h3>${prose(statement, view)}${
      controls.length === 0
        ? ""
        : html`<table><thead><tr><th scope="col">${words.control}</th><th scope="col">${words.state}</th><th scope="col">${words.claims}</th></tr></thead><tbody>${controls.map(
            ({ control, state, claims }) =>
              html`<tr><th scope="row">${control}</th><td data-of="${words.state}">${
                state === null ? words.noState : words.controlState[state]
              }</td><td data-of="${words.claims}">${claims.map(
                (claim, at) => html`${at === 0 ? "" : ", "}<a href="${to(`/claims/${claim.id}`)}">${claim.title}</a>`,
              )}</td></tr>`,
          )}</tbody></table>`
    }</div></article>`,
  )}<p class="quiet">${words.frameworksNote}</p></section>`;
}
