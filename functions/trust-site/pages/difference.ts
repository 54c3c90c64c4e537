import { html } from "hono/html";
import type { Label } from "#shared/posture/label.ts";
import type { ItemName, ReleaseDifference } from "#shared/release/difference.ts";
import type { Html } from "../design/html.ts";
import { lede } from "../design/lede.ts";
import { stamp } from "../design/stamp.ts";
import type { Page } from "../page.ts";
import { heading } from "../sections/heading.ts";
import type { View } from "../view.ts";

/** What differs between two releases: labels that moved first, then what is gone, new and changed. */
export function differencePage(view: View, from: number, to: number, difference: ReleaseDifference): Page {
  const { organisation, words } = view;
  const { moved, removed, added, changed } = difference;
  const title = words.diffTitle(from, to);
  return {
    title: `${title} - ${organisation.name}`,
    description: title,
    facts: { from, to, ...difference },
    main: () => html`<p class="above"><a href="${view.to("/releases")}">${words.releasesTitle}</a> / <a href="${view.to(`/releases/${String(from)}`)}">${from}</a> / <a href="${view.to(`/releases/${String(to)}`)}">${to}</a></p>
<h1>${title}</h1>
${moved.length + removed.length + added.length + changed.length === 0 ? lede([words.nothingChanged]) : ""}
${listed("moved", words.moved, moved, (item) => html`<p>${stampOf(item.before)} \u2192 ${stampOf(item.after)} <span class="quiet">${item.pointer}</span></p>`)}
${listed("removed", words.removed, removed, () => "")}
${listed("added", words.added, added, () => "")}
${listed(
  "changed",
  words.differs,
  changed,
  ({ fields }) =>
    html`${fields.map(
      ({ pointer, before, after }) =>
        html`<h4><code>${pointer}</code></h4><dl class="facts"><dt>${words.before}</dt><dd>${before === undefined ? words.nothing : html`<del>${shownValue(before)}</del>`}</dd><dt>${words.after}</dt><dd>${after === undefined ? words.nothing : html`<ins>${shownValue(after)}</ins>`}</dd></dl>`,
    )}`,
)}`,
  };

  function listed<Item extends ItemName>(
    id: string,
    name: string,
    items: readonly Item[],
    more: (item: Item) => Html | "",
  ): Html | "" {
    if (items.length === 0) return "";
    return html`<section>${heading(id, name)}${items.map(
      (item) =>
        html`<article class="entry"><div class="side"><p>${item.kind === "organisation" ? words.organisation : words.kindNames[item.kind]}</p><p class="mono">${item.id}</p></div><div><h3>${item.title}</h3>${more(item)}</div></article>`,
    )}</section>`;
  }

  function stampOf(label: Label | null): Html {
    return html`${stamp(label?.maturity ?? "unlabelled", false, words)}${label?.qualifier === undefined ? "" : ` ${label.qualifier}`}`;
  }
}

/** Texts as they are, the rest as JSON. */
const shownValue = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
