import { html } from "hono/html";
import type { Caveat, Claim } from "#shared/posture/claim.ts";
import { findItem } from "#shared/posture/content.ts";
import { freshnessOf } from "#shared/posture/freshness.ts";
import { age } from "../design/age.ts";
import { anchor } from "../design/anchor.ts";
import { dated, lengthInWords } from "../design/dates.ts";
import type { Html } from "../design/html.ts";
import { phrase, plainText, prose } from "../design/prose.ts";
import { labelled } from "../design/stamp.ts";
import type { Page } from "../page.ts";
import { appliesWhen } from "../sections/applies-when.ts";
import { checkSection } from "../sections/at-a-glance.ts";
import { denials, labelsOf } from "../sections/claim-entry.ts";
import { definitions } from "../sections/definitions.ts";
import { evidenceList } from "../sections/evidence.ts";
import { factList } from "../sections/fact-list.ts";
import { heading } from "../sections/heading.ts";
import { sourceOf } from "../sections/source.ts";
import type { View } from "../view.ts";

/** All that is said of one claim. */
export function claimPage(view: View, id: string): Page | undefined {
  const { content, day, words, to, organisation, release } = view;
  const claim = findItem(content, "claims", id);
  if (!claim) return undefined;
  const { visibility: _visibility, translations: _translations, order: _order, ...said } = claim;
  const freshness = freshnessOf(claim, day);
  const facts = { ...said, age: freshness, day, release };
  const { confirmation, reviewEvery, history, caveats, parts, evidence } = claim;
  return {
    title: `${claim.title} - ${organisation.name}`,
    description: plainText(claim.statement, view),
    facts,
    main: () => html`<p class="above"><a href="${to("/")}">${words.parts.posture}</a> / ${claim.section}</p>
<h1>${claim.title}</h1>
<div class="entry first"><div class="side">${labelsOf({ ...claim, age: freshness }, view)}</div>
<div>${prose(claim.statement, view)}${appliesWhen(claim, words)}${denials(claim.doesNotMean, view)}
${age(freshness, reviewEvery, view)}
${definitions([
  [words.technology, claim.technology],
  [
    words.confirmation,
    confirmation
      ? html`${dated(confirmation.on, words)}, ${words.method[confirmation.method]}${
          confirmation.by === undefined ? "" : `, ${words.confirmedBy(confirmation.by)}`
        }${confirmation.commit === undefined ? "" : html`, ${words.atCommit} <code>${confirmation.commit}</code>`}${
          confirmation.note === undefined ? "" : html`<br>${confirmation.note}`
        }`
      : words.undated,
  ],
  [words.reviewInterval, words.every(lengthInWords(reviewEvery, words))],
  [words.reviewDue, freshness.state === "undated" ? undefined : dated(freshness.reviewBy, words)],
  [words.sourceOf, sourceOf(claim)],
  [words.revision, String(claim.revision)],
])}
${factList(claim.facts)}</div></div>
${
  caveats.length === 0
    ? ""
    : html`<section>${heading("gaps", words.concedes(caveats.length))}${caveats.map((caveat) => caveatOf(caveat, id, view))}</section>`
}
${
  parts.length === 0
    ? ""
    : html`<section>${heading("parts", words.partsOfIt)}${parts.map((part) => partOf(part, id, freshness.state === "overdue", view))}</section>`
}
<section>${heading("evidence", words.evidenceTitle)}<div class="text below">${
      evidence.length === 0 ? html`<p>${words.noEvidence}</p>` : evidenceList(evidence, id, view)
    }</div></section>
${
  history.length === 0
    ? ""
    : html`<section>${heading("history", words.history)}${history.map(
        ({ on, text }) =>
          html`<div class="entry"><div class="side">${on === undefined ? "" : html`<p>${dated(on, words)}</p>`}</div><div>${prose(text, view)}</div></div>`,
      )}</section>`
}
${checkSection(view)}`,
  };
}

function caveatOf({ id, summary, detail, plan, evidence }: Caveat, claim: string, view: View): Html {
  const { words } = view;
  return html`<article class="entry" id="${anchor("claims", claim, id)}"><div class="side"><p>${words.gap}</p></div>
<div>${prose(summary, view)}${detail === undefined ? "" : prose(detail, view)}${
    plan === undefined ? "" : html`<p class="quiet"><strong>${words.plan}:</strong> ${phrase(plan, view)}</p>`
  }${evidenceNames(evidence, claim, view)}</div></article>`;
}

function partOf(
  { id, title, statement, label, facts, caveats, evidence }: Claim["parts"][number],
  claim: string,
  late: boolean,
  view: View,
): Html {
  return html`<article class="entry" id="${anchor("claims", claim, id)}"><div class="side">${labelled(label, late, view.words)}</div>
<div><h3>${title}</h3>${statement === undefined ? "" : prose(statement, view)}${factList(facts)}${
    caveats.length === 0
      ? ""
      : html`<div class="not"><p><strong>${view.words.concedes(caveats.length)}</strong></p><ul>${caveats.map(
          (caveat) =>
            html`<li id="${anchor("claims", claim, id, caveat.id)}">${phrase(caveat.summary, view)}${caveat.detail === undefined ? "" : prose(caveat.detail, view)}${
              caveat.plan === undefined
                ? ""
                : html` <span class="quiet">${view.words.plan}: ${phrase(caveat.plan, view)}</span>`
            }${evidenceNames(caveat.evidence, claim, view)}</li>`,
        )}</ul></div>`
  }${evidenceNames(evidence, claim, view)}</div></article>`;
}

/** Evidence that stands in full below. */
function evidenceNames(ids: readonly string[], claim: string, { words }: View): Html | "" {
  if (ids.length === 0) return "";
  return html`<p class="quiet">${words.evidenceTitle}: ${ids.map((id, at) => html`${at === 0 ? "" : ", "}<a href="#${anchor("claims", claim, "evidence", id)}">${id}</a>`)}</p>`;
}
