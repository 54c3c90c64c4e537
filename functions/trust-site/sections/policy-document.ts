import { html } from "hono/html";
import type { Kept } from "#shared/posture/content.ts";
import { anchor } from "../design/anchor.ts";
import type { Html } from "../design/html.ts";
import { prose } from "../design/prose.ts";
import type { View } from "../view.ts";
import { definitions } from "./definitions.ts";
import { factList } from "./fact-list.ts";
import { sourceOf } from "./source.ts";

export function documentFacts({
  id,
  title,
  role,
  statement,
  triggers,
  file,
  facts,
  state,
  collection,
  source,
}: Kept<"documents">) {
  return { id, title, role, statement, triggers, file, facts, state, collection, source };
}

/** A document that the posture came from or leans on, and the file it is kept in. */
export function documentEntry(document: ReturnType<typeof documentFacts>, view: View): Html {
  const { id, title, role, statement, triggers, file, facts, state, collection } = document;
  const { words } = view;
  const history = file?.history;
  return html`<article class="entry" id="${anchor("documents", id)}"><div class="side"><p>${words.documentRoles[role]}</p>${
    state === "archived" ? html`<p class="bad">${words.archived}</p>` : ""
  }${collection === undefined ? "" : html`<p>${collection}</p>`}</div>
<div><h3>${title}</h3>${statement === undefined ? "" : prose(statement, view)}${definitions([
    [words.sourceOf, sourceOf(document)],
    [words.documentTriggers, triggers.length === 0 ? undefined : triggers.join("; ")],
    [
      words.file,
      file === undefined
        ? undefined
        : [
            ...(file.lines === undefined ? [] : [words.lines(file.lines)]),
            ...(file.linesOfCode === undefined ? [] : [words.linesOfCode(file.linesOfCode)]),
            ...(file.size === undefined ? [] : [file.size]),
          ].join(", "),
    ],
    [
      words.history,
      history === undefined ? undefined : /^https:/.test(history) ? html`<a href="${history}">${history}</a>` : history,
    ],
  ])}${factList(facts)}</div></article>`;
}
