import { html } from "hono/html";
import type { Gap } from "#shared/posture/gaps.ts";
import { anchor } from "../design/anchor.ts";
import type { Html } from "../design/html.ts";
import { phrase, prose } from "../design/prose.ts";
import type { View } from "../view.ts";

/** A gap weighs as much as a claim: the same size, and a place of its own. */
export function gapEntry({ from, summary, plan }: Gap, view: View): Html {
  const { words, to } = view;
  return html`<article class="entry" id="${anchorOf(from)}">
<div class="side"><p>${words.gapFrom[from.kind]}</p><p><a href="${to(homeOf(from))}">${from.title}</a></p></div>
<div>${prose(summary, view)}${plan === undefined ? "" : html`<p class="quiet"><strong>${words.plan}:</strong> ${phrase(plan, view)}</p>`}</div>
</article>`;
}

const anchorOf = ({ kind, id, part, caveat }: Gap["from"]): string =>
  anchor(kind, id, ...(part === undefined ? [] : [part]), ...(caveat === undefined ? [] : [caveat]));

function homeOf({ kind, id, part }: Gap["from"]): string {
  if (kind === "claims") return `/claims/${id}${part === undefined ? "" : `#${anchor("claims", id, part)}`}`;
  return kind === "risks" ? `/risks#${anchor("risks", id)}` : `/policy#${anchor("purposes", id)}`;
}
