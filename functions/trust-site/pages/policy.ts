import { html } from "hono/html";
import { itemsOf } from "#shared/posture/content.ts";
import { anchor } from "../design/anchor.ts";
import type { Html } from "../design/html.ts";
import { phrase, prose } from "../design/prose.ts";
import type { Page } from "../page.ts";
import { channelEntry, channelFacts } from "../sections/channel.ts";
import { factList } from "../sections/fact-list.ts";
import { heading } from "../sections/heading.ts";
import { documentEntry, documentFacts } from "../sections/policy-document.ts";
import { promiseEntry, promiseFacts } from "../sections/promise.ts";
import type { View } from "../view.ts";

/** How to report, what happens then, and what holds between both sides. */
export function policyPage(view: View): Page {
  const { organisation, content, words, release, reportAddress } = view;
  const facts = {
    release,
    report: { mail: reportAddress },
    channels: itemsOf(content, "channels").map(channelFacts),
    asked: itemsOf(content, "report-fields").map(({ id, title, asks, statement, examples }) => ({
      id,
      title,
      asks,
      statement,
      examples,
    })),
    promises: itemsOf(content, "commitments").map((commitment) => promiseFacts(commitment, view)),
    steps: itemsOf(content, "disclosure-steps").map(({ id, title, who, statement }) => ({ id, title, who, statement })),
    terms: itemsOf(content, "terms").map(({ id, title, about, statement, places }) => ({
      id,
      title,
      about,
      statement,
      places,
    })),
    about: itemsOf(content, "purposes").map(({ id, title, statement, purposes, capacity, caveats, principles }) => ({
      ...{ id, title, statement, purposes, principles },
      capacity: capacity.map(({ id: part, statement: said, fact }) => ({ id: part, statement: said, fact })),
      gaps: caveats.map(({ id: gap, summary, plan }) => ({ id: gap, summary, plan })),
    })),
    documents: itemsOf(content, "documents").map(documentFacts),
  };
  return {
    title: `${words.policyTitle} - ${organisation.name}`,
    description: `${organisation.name}: ${words.policyTitle}.`,
    facts,
    main: () => html`<h1>${words.policyTitle}</h1>
<p class="lede">${words.mailTo(html`<a href="mailto:${reportAddress}">${reportAddress}</a>`)}</p>
<section>${heading("report", words.otherWays)}${facts.channels.map((channel) => channelEntry(channel, view))}</section>
${listed("asked", words.pleaseTell, facts.asked, ({ id, title, statement, examples }) => html`<article class="entry" id="${anchor("report-fields", id)}"><div class="side"></div><div><h3>${title}</h3>${prose(statement, view)}${examplesOf(examples, view)}</div></article>`, words.nothingDemanded)}
<section>${heading("expect", words.whatToExpect)}${
      facts.promises.length === 0
        ? html`<p class="below">${words.noPromises(organisation.name)}</p>`
        : facts.promises.map((promise) => promiseEntry(promise, view))
    }</section>
${
  facts.steps.length === 0
    ? ""
    : html`<section>${heading("steps", words.steps)}<ol class="steps text">${facts.steps.map(
        ({ id, title, who, statement }) =>
          html`<li id="${anchor("disclosure-steps", id)}"><h3>${title} <span class="quiet">${words.stepWho[who]}</span></h3>${prose(statement, view)}</li>`,
      )}</ol></section>`
}
${listed(
  "terms",
  words.terms,
  facts.terms,
  ({ id, title, about, statement, places }) =>
    html`<article class="entry" id="${anchor("terms", id)}"><div class="side"><p>${words.termsTitle[about]}</p></div><div><h3>${title}</h3>${prose(statement, view)}${
      places.length === 0 ? "" : html`<p class="quiet">${words.creditPlaces}: ${places.join(", ")}</p>`
    }</div></article>`,
)}
${listed("about", words.about, facts.about, (purpose) => aboutEntry(purpose, view))}
${listed("documents", words.documentsTitle, facts.documents, (document) => documentEntry(document, view))}`,
  };

  function aboutEntry(
    { id, title, statement, purposes, capacity, gaps, principles }: (typeof facts.about)[number],
    { to }: View,
  ): Html {
    return html`<article class="entry" id="${anchor("purposes", id)}"><div class="side"></div><div><h3>${title}</h3>${prose(statement, view)}
${purposes.length === 0 ? "" : html`<h4>${words.purposes}</h4><ul>${purposes.map((purpose) => html`<li>${phrase(purpose, view)}</li>`)}</ul>`}
${
  capacity.length === 0
    ? ""
    : html`<h4>${words.capacity}</h4><ul>${capacity.map((point) => html`<li>${phrase(point.statement, view)}${point.fact ? factList([point.fact]) : ""}</li>`)}</ul>`
}
${
  gaps.length === 0
    ? ""
    : html`<div class="not"><p><strong>${words.concedes(gaps.length)}</strong></p><ul>${gaps.map(
        (gap) =>
          html`<li>${phrase(gap.summary, view)}${gap.plan === undefined ? "" : html` <span class="quiet">${words.plan}: ${phrase(gap.plan, view)}</span>`} <a href="${to(`/gaps#${anchor("purposes", id, gap.id)}`)}">${words.gap}</a></li>`,
      )}</ul></div>`
}
${
  principles.length === 0
    ? ""
    : html`<h4>${words.principles}</h4>${principles.map(
        (principle) =>
          html`${prose(principle.statement, view)}${principle.items.length === 0 ? "" : html`<ul>${principle.items.map((item) => html`<li>${item}</li>`)}</ul>`}`,
      )}`
}</div></article>`;
  }
}

const examplesOf = (examples: readonly string[], { words }: View): Html | "" =>
  examples.length === 0 ? "" : html`<p class="quiet">${words.examples}: ${examples.join("; ")}</p>`;

/** A part of the page where the tenant has it. */
function listed<Item>(
  id: string,
  title: string,
  items: readonly Item[],
  entry: (item: Item) => Html,
  note?: string,
): Html | "" {
  if (items.length === 0) return "";
  return html`<section>${heading(id, title)}${note === undefined ? "" : html`<p class="quiet below">${note}</p>`}${items.map(entry)}</section>`;
}
