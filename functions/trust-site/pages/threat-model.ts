import { html } from "hono/html";
import { findItem, itemsOf, type Kept } from "#shared/posture/content.ts";
import { anchor } from "../design/anchor.ts";
import { lengthInWords } from "../design/dates.ts";
import type { Html } from "../design/html.ts";
import { phrase, prose } from "../design/prose.ts";
import type { Page } from "../page.ts";
import { definitions } from "../sections/definitions.ts";
import { factList } from "../sections/fact-list.ts";
import { heading, unseenHeading } from "../sections/heading.ts";
import { sourceOf } from "../sections/source.ts";
import type { View } from "../view.ts";

/** What is worth attacking, where it can be, and what stands in the way. */
export function threatModelPage(view: View): Page | undefined {
  const { organisation, content, words, release } = view;
  const facts = {
    release,
    models: itemsOf(content, "threat-models").map(plain),
    surfaces: itemsOf(content, "surfaces").map(plain),
    layers: itemsOf(content, "layers").map(plain),
    tokens: itemsOf(content, "tokens").map(plain),
  };
  const { models, surfaces, layers, tokens } = facts;
  if (models.length + surfaces.length + layers.length + tokens.length === 0) return undefined;
  return {
    title: `${words.threatTitle} - ${organisation.name}`,
    description: `${organisation.name}: ${words.threatTitle}.`,
    facts,
    main: () => html`<h1>${words.threatTitle}</h1>
${models.map((model) => modelEntry(model, view))}
${surfaces.length === 0 ? "" : html`<section>${heading("surfaces", words.surfaces)}${surfaces.map((surface) => surfaceEntry(surface, view))}</section>`}
${layers.length === 0 ? "" : html`<section>${heading("layers", words.layersTitle)}${layers.map((layer) => layerEntry(layer, view))}</section>`}
${tokens.length === 0 ? "" : html`<section>${heading("tokens", words.tokensTitle)}${tokens.map((table) => tokenEntry(table, view))}</section>`}`,
  };
}

type Plain<Item> = Omit<Item, "visibility" | "translations" | "order" | "revision">;

/** An item without what is kept of it for the tenant alone. */
function plain<Item extends Kept<"threat-models" | "surfaces" | "layers" | "tokens">>(item: Item): Plain<Item> {
  const { visibility: _visibility, translations: _translations, order: _order, revision: _revision, ...said } = item;
  return said;
}

function modelEntry(model: Plain<Kept<"threat-models">>, view: View): Html {
  const { words } = view;
  const { id, title, statement, exposes, assets, exclusions, evolution, links, state, collection } = model;
  const notes = (of: string, name: string, list: typeof exclusions) =>
    list.length === 0
      ? ""
      : html`<section>${heading(`of-${id}_${of}`, name)}${list.map(
          (note) =>
            html`<article class="entry" id="${anchor("threat-models", id, note.id)}"><div class="side"></div><div><h3>${note.title}</h3>${prose(note.statement, view)}</div></article>`,
        )}</section>`;
  return html`${unseenHeading(title)}<div class="entry first" id="${anchor("threat-models", id)}"><div class="side">${state === "archived" ? html`<p class="bad">${words.archived}</p>` : ""}${
    collection === undefined ? "" : html`<p>${collection}</p>`
  }</div><div><h3>${title}</h3>${prose(statement, view)}${
    exposes.length === 0
      ? ""
      : html`<h4>${words.exposes}</h4><ul>${exposes.map((text) => html`<li>${phrase(text, view)}</li>`)}</ul>`
  }${definitions([
    [words.sourceOf, sourceOf(model)],
    [
      words.links,
      links.length === 0
        ? undefined
        : html`<ul>${links.map(({ name, path, url }) => html`<li>${url === undefined ? name : html`<a href="${url}">${name}</a>`}${path === undefined ? "" : html` <code>${path}</code>`}</li>`)}</ul>`,
    ],
  ])}</div></div>
${
  assets.length === 0
    ? ""
    : html`<section>${heading(`of-${id}_assets`, words.assets)}${assets.map(
        (asset) =>
          html`<article class="entry" id="${anchor("threat-models", id, asset.id)}"><div class="side"></div><div><h3>${asset.title}</h3>${prose(asset.statement, view)}${factList(asset.facts)}</div></article>`,
      )}</section>`
}${notes("exclusions", words.exclusions, exclusions)}${notes("evolution", words.evolution, evolution)}`;
}

function surfaceEntry(
  { id, title, endpoints, exposure, risk, mitigations }: Plain<Kept<"surfaces">>,
  view: View,
): Html {
  const { words } = view;
  return html`<article class="entry" id="${anchor("surfaces", id)}"><div class="side">${endpoints.map((endpoint) => html`<p class="mono">${endpoint}</p>`)}</div>
<div><h3>${title}</h3>${definitions([
    [words.exposure, exposure === undefined ? undefined : phrase(exposure, view)],
    [words.risk, risk === undefined ? undefined : phrase(risk, view)],
  ])}<h4>${words.mitigations}</h4>${
    mitigations.length === 0
      ? html`<p class="quiet">${words.noMitigations}</p>`
      : html`<ul class="proofs">${mitigations.map((one) => mitigationOf(one, id, view))}</ul>`
  }</div></article>`;
}

function mitigationOf(
  { id, statement, switches, headers, answers, logs, claim }: Kept<"surfaces">["mitigations"][number],
  surface: string,
  view: View,
): Html {
  const { words, content, to } = view;
  const found = claim === undefined ? undefined : findItem(content, "claims", claim);
  return html`<li id="${anchor("surfaces", surface, id)}">${prose(statement, view)}${definitions([
    [
      words.settings,
      switches.length === 0
        ? undefined
        : html`<ul>${switches.map(({ name, value, effect }) => html`<li><code>${name}</code>${value === undefined ? "" : html` = <code>${value}</code>`}${effect === undefined ? "" : html`<br>${effect}`}</li>`)}</ul>`,
    ],
    [
      words.headers,
      headers.length === 0
        ? undefined
        : html`${headers.map((header, at) => html`${at === 0 ? "" : ", "}<code>${header}</code>`)}`,
    ],
    [
      words.answers,
      answers.length === 0
        ? undefined
        : html`<ul>${answers.map(({ status, when }) => html`<li><code>${status}</code> ${when}</li>`)}</ul>`,
    ],
    [
      words.logs,
      logs.length === 0
        ? undefined
        : html`${logs.map((name, at) => html`${at === 0 ? "" : ", "}<code>${name}</code>`)}`,
    ],
    [words.claims, found ? html`<a href="${to(`/claims/${found.id}`)}">${found.title}</a>` : undefined],
  ])}</li>`;
}

function layerEntry({ id, title, statement, points, facts, flow, claims }: Plain<Kept<"layers">>, view: View): Html {
  const { words, content, to } = view;
  return html`<article class="entry" id="${anchor("layers", id)}"><div class="side"></div><div><h3>${title}</h3>${prose(statement, view)}${
    points.length === 0
      ? ""
      : html`<ul>${points.map((point) => html`<li id="${anchor("layers", id, point.id)}">${phrase(point.statement, view)}</li>`)}</ul>`
  }${factList(facts)}${
    flow === undefined
      ? ""
      : html`<h4>${flow.title}</h4><p class="quiet">${words.flowParties}: ${flow.parties.join(", ")}</p><ol class="steps">${flow.steps.map(
          ({ from, to: other, statement: said }) =>
            html`<li><p><strong>${from}${other === undefined ? "" : html` \u2192 ${other}`}</strong><br>${phrase(said, view)}</p></li>`,
        )}</ol>`
  }${definitions([
    [
      words.claims,
      claims.length === 0
        ? undefined
        : html`${claims.map((claim, at) => {
            const found = findItem(content, "claims", claim);
            return html`${at === 0 ? "" : ", "}${found ? html`<a href="${to(`/claims/${claim}`)}">${found.title}</a>` : claim}`;
          })}`,
    ],
  ])}</div></article>`;
}

function tokenEntry({ id, title, statement, tokens }: Plain<Kept<"tokens">>, view: View): Html {
  const { words } = view;
  return html`<article class="entry" id="${anchor("tokens", id)}"><div class="side"></div><div><h3>${title}</h3>${statement === undefined ? "" : prose(statement, view)}
<table><thead><tr><th scope="col">${words.token}</th><th scope="col">${words.lifetime}</th><th scope="col">${words.rotation}</th><th scope="col">${words.replay}</th></tr></thead><tbody>${tokens.map(
    (token) =>
      html`<tr id="${anchor("tokens", id, token.id)}"><th scope="row">${token.title}${token.format === undefined ? "" : html`<br><span class="quiet">${token.format}</span>`}</th><td data-of="${words.lifetime}">${
        token.lifetime === "single-use" ? words.singleUse : lengthInWords(token.lifetime, words)
      }</td><td data-of="${words.rotation}">${phrase(token.rotation, view)}</td><td data-of="${words.replay}">${token.replay === undefined ? words.notSaid : phrase(token.replay, view)}</td></tr>`,
  )}</tbody></table></div></article>`;
}
