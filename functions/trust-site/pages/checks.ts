import { html } from "hono/html";
import { itemsOf, type Kept } from "#shared/posture/content.ts";
import { anchor } from "../design/anchor.ts";
import { dated, lengthInWords } from "../design/dates.ts";
import type { Html } from "../design/html.ts";
import { lede } from "../design/lede.ts";
import { prose } from "../design/prose.ts";
import type { Page } from "../page.ts";
import { definitions } from "../sections/definitions.ts";
import { heading, unseenHeading } from "../sections/heading.ts";
import type { View } from "../view.ts";

/** What is run to see whether all is as it should be, and when it last was. */
export function checksPage(view: View): Page | undefined {
  const { organisation, content, words, release } = view;
  const checks = itemsOf(content, "checks").map(
    ({ id, title, statement, command, cadence, standing, gate, lastRun }) => ({
      ...{ id, title, statement, command, cadence, standing, gate, lastRun },
    }),
  );
  const tools = itemsOf(content, "tools").map(({ id, title, statement, command }) => ({
    id,
    title,
    statement,
    command,
  }));
  if (checks.length + tools.length === 0) return undefined;
  const sentence = words.checksLede(checks.length, checks.filter(({ gate }) => gate).length);
  return {
    title: `${words.checksTitle} - ${organisation.name}`,
    description: sentence,
    facts: { release, checks, tools },
    main: () => html`<h1>${words.checksTitle}</h1>${lede([sentence])}<div>${unseenHeading(words.checksTitle)}${checks.map((check) => checkEntry(check, view))}</div>
${
  tools.length === 0
    ? ""
    : html`<section>${heading("tools", words.toolsTitle)}${tools.map(
        ({ id, title, statement, command }) =>
          html`<article class="entry" id="${anchor("tools", id)}"><div class="side"></div><div><h3>${title}</h3>${prose(statement, view)}${commandOf(command)}</div></article>`,
      )}</section>`
}`,
  };
}

type CheckFacts = Pick<
  Kept<"checks">,
  "id" | "title" | "statement" | "command" | "cadence" | "standing" | "gate" | "lastRun"
>;

function checkEntry({ id, title, statement, command, cadence, standing, gate, lastRun }: CheckFacts, view: View): Html {
  const { words } = view;
  const when = [
    ...(cadence.every === undefined ? [] : [words.every(lengthInWords(cadence.every, words))]),
    ...(cadence.words === undefined ? [] : [cadence.words]),
    ...cadence.upon,
  ].join("; ");
  return html`<article class="entry" id="${anchor("checks", id)}"><div class="side">${gate ? html`<p><strong>${words.gate}</strong></p>` : ""}${
    standing === "recommended" ? html`<p class="bad">${words.recommended}</p>` : ""
  }</div><div><h3>${title}</h3>${prose(statement, view)}${commandOf(command)}${definitions([
    [words.when, when],
    [
      words.lastRun,
      lastRun
        ? html`${dated(lastRun.on, words)}: <span class="${lastRun.result === "failed" ? "bad" : "good"}">${words[lastRun.result]}</span>${
            lastRun.commit === undefined ? "" : html`, ${words.atCommit} <code>${lastRun.commit}</code>`
          }${lastRun.url === undefined ? "" : html`<br><a href="${lastRun.url}">${lastRun.url}</a>`}`
        : words.neverRun,
    ],
  ])}</div></article>`;
}

const commandOf = (command: string | undefined): Html | "" =>
  command === undefined ? "" : html`<pre><code class="command">${command}</code></pre>`;
