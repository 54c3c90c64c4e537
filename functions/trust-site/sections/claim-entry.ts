import { html } from "hono/html";
import type { Kept } from "#shared/posture/content.ts";
import { type Freshness, freshnessOf } from "#shared/posture/freshness.ts";
import { type Labelled, mixOf, standingOf } from "#shared/posture/labels-of.ts";
import { age } from "../design/age.ts";
import { anchor } from "../design/anchor.ts";
import { dated } from "../design/dates.ts";
import type { Html } from "../design/html.ts";
import { phrase, prose } from "../design/prose.ts";
import { labelled, stamp } from "../design/stamp.ts";
import type { View } from "../view.ts";
import { appliesWhen } from "./applies-when.ts";
import { foldedEvidence } from "./evidence.ts";

/** A claim as the posture shows it; its own page says the rest. */
export function claimFacts(claim: Kept<"claims">, { day }: Pick<View, "day">) {
  const { id, section, title, technology, statement, label, parts, doesNotMean, caveats, evidence, reviewEvery } =
    claim;
  return {
    ...{ id, section, title, technology, statement, label },
    standing: standingOf(claim),
    ...(claim.appliesWhen ? { appliesWhen: claim.appliesWhen } : {}),
    parts: parts.map((part) => ({ id: part.id, title: part.title, label: part.label, statement: part.statement })),
    doesNotMean,
    gaps: [
      ...caveats.map((caveat) => ({ id: caveat.id, summary: caveat.summary, part: undefined })),
      ...parts.flatMap((part) =>
        part.caveats.map((caveat) => ({ id: caveat.id, summary: caveat.summary, part: part.id })),
      ),
    ],
    ...{ evidence, reviewEvery },
    age: freshnessOf(claim, day),
  };
}
export type ClaimFacts = ReturnType<typeof claimFacts>;

export function claimEntry(claim: ClaimFacts, view: View): Html {
  const { words, to } = view;
  return html`<article class="entry" id="${anchor("claims", claim.id)}">
<div class="side">${labelsOf(claim, view)}</div>
<div><h3><a href="${to(`/claims/${claim.id}`)}">${claim.title}</a></h3>${
    claim.technology === undefined ? "" : html`<p class="quiet">${claim.technology}</p>`
  }${prose(claim.statement, view)}${appliesWhen(claim, words)}${denials(claim.doesNotMean, view)}${
    claim.parts.length === 0 ? "" : html`${claim.parts.map((part) => partOf(part, claim, view))}`
  }${
    claim.gaps.length === 0
      ? ""
      : html`<div class="not"><p><strong>${words.concedes(claim.gaps.length)}</strong></p><ul>${claim.gaps.map(
          ({ id, summary, part }) =>
            html`<li>${phrase(summary, view)} <a href="${to(`/gaps#${anchor("claims", claim.id, ...(part === undefined ? [] : [part]), id)}`)}">${words.gap}</a></li>`,
        )}</ul></div>`
  }${age(claim.age, claim.reviewEvery, view)}${foldedEvidence(claim.evidence, claim.id, view)}</div>
</article>`;
}

/** The stamps of a claim, struck out when nobody has confirmed it in time, and since when. */
export function labelsOf(claim: Labelled & { readonly age: Freshness }, { words }: View): Html {
  const late = claim.age.state === "overdue";
  const mix = mixOf(claim);
  const stamps =
    claim.label === null && mix.length > 0
      ? html`<p class="labels">${mix.map((maturity) => stamp(maturity, late, words))}</p>`
      : labelled(claim.label, late, words);
  return html`${stamps}${
    claim.age.state === "overdue"
      ? html`<p class="bad">${words.notConfirmedSince(dated(claim.age.confirmedOn, words))}</p>`
      : claim.age.state === "undated"
        ? html`<p class="bad">${words.undated}</p>`
        : ""
  }`;
}

/** What a reader could wrongly take from a claim. */
export function denials(list: readonly string[], view: View): Html | "" {
  if (list.length === 0) return "";
  const [first = "", ...more] = list;
  return more.length === 0
    ? html`<div class="not"><p><strong>${view.words.doesNotMean}:</strong> ${phrase(first, view)}</p></div>`
    : html`<div class="not"><p><strong>${view.words.doesNotMean}:</strong></p><ul>${list.map((text) => html`<li>${phrase(text, view)}</li>`)}</ul></div>`;
}

function partOf(
  { id, title, label, statement }: ClaimFacts["parts"][number],
  { id: claim, age: { state } }: ClaimFacts,
  view: View,
): Html {
  return html`<div class="part" id="${anchor("claims", claim, id)}">${label ? html`<div class="side">${labelled(label, state === "overdue", view.words)}</div>` : ""}<h4>${title}</h4>${
    statement === undefined ? "" : prose(statement, view)
  }</div>`;
}
