import { html } from "hono/html";
import { itemsOf, type Kept } from "#shared/posture/content.ts";
import { derivedScope } from "#shared/posture/derived-scope.ts";
import { anchor } from "../design/anchor.ts";
import type { Html } from "../design/html.ts";
import { phrase, prose } from "../design/prose.ts";
import type { Page } from "../page.ts";
import { appliesWhen } from "../sections/applies-when.ts";
import { definitions } from "../sections/definitions.ts";
import { heading } from "../sections/heading.ts";
import type { View } from "../view.ts";

/** What reports may be about. Two of the rules follow from the labels, and name what they are about. */
export function scopePage(view: View): Page | undefined {
  const { organisation, content, words, release } = view;
  const rules = itemsOf(content, "scope").map(ruleFacts);
  const derived = derivedScope(content);
  if (rules.length + derived.in.length + derived.out.length === 0) return undefined;
  const within = rules.filter(({ direction }) => direction === "in");
  const outside = rules.filter(({ direction }) => direction === "out");
  return {
    title: `${words.scopeTitle} - ${organisation.name}`,
    description: `${organisation.name}: ${words.scopeTitle}.`,
    facts: { release, in: within, out: outside, fromLabels: derived },
    main: () => html`<h1>${words.scopeTitle}</h1>
<section>${heading("in", words.inScope)}${within.map((rule) => ruleEntry(rule, view))}${derivedEntry(words.bypassIn, derived.in, view)}</section>
<section>${heading("out", words.outOfScope)}${outside.map((rule) => ruleEntry(rule, view))}${derivedEntry(words.partialOut, derived.out, view)}</section>`,
  };
}

function ruleFacts(rule: Kept<"scope">) {
  const { id, title, direction, asset, statement, topics, reason, examples, redirects, appliesWhen: when } = rule;
  return {
    ...{ id, title, direction, asset, statement, topics, reason, examples, redirects },
    ...(when ? { appliesWhen: when } : {}),
  };
}

function ruleEntry(rule: ReturnType<typeof ruleFacts>, view: View): Html {
  const { id, title, asset, statement, topics, reason, examples, redirects } = rule;
  const { words } = view;
  return html`<article class="entry" id="${anchor("scope", id)}"><div class="side">${
    asset ? html`<p>${words.assetKinds[asset.kind]}</p><p class="mono">${asset.name}</p>` : ""
  }</div>
<div><h3>${title}</h3>${statement === undefined ? "" : prose(statement, view)}${appliesWhen(rule, words)}${definitions([
    [words.path, asset?.path === undefined ? undefined : html`<code>${asset.path}</code>`],
    [words.topics, topics.join(", ")],
    [words.reason, reason === undefined ? undefined : phrase(reason, view)],
    [
      words.examples,
      examples.length === 0
        ? undefined
        : html`<ul>${examples.map((example) => html`<li>${phrase(example, view)}</li>`)}</ul>`,
    ],
    [
      words.goTo,
      redirects.length === 0
        ? undefined
        : html`<ul>${redirects.map(({ name, url }) => html`<li>${url === undefined ? name : html`<a href="${url}">${name}</a>`}</li>`)}</ul>`,
    ],
  ])}</div></article>`;
}

function derivedEntry(sentence: string, named: ReturnType<typeof derivedScope>["in"], { words, to }: View): Html | "" {
  if (named.length === 0) return "";
  return html`<article class="entry"><div class="side"><p>${words.fromLabels}</p></div><div><p>${sentence}</p><ul>${named.map(
    ({ claim, title, part, qualifier }) =>
      html`<li><a href="${to(`/claims/${claim}${part === undefined ? "" : `#${anchor("claims", claim, part)}`}`)}">${title}</a>${qualifier === undefined ? "" : html` <span class="quiet">${qualifier}</span>`}</li>`,
  )}</ul></div></article>`;
}
