import { html } from "hono/html";
import { itemsOf } from "#shared/posture/content.ts";
import { daysBetween } from "#shared/posture/day.ts";
import { anchor } from "../design/anchor.ts";
import { dated } from "../design/dates.ts";
import { prose } from "../design/prose.ts";
import type { Page } from "../page.ts";
import { definitions } from "../sections/definitions.ts";
import { heading, unseenHeading } from "../sections/heading.ts";
import type { View } from "../view.ts";

/** Which versions get fixes, and what every release brings. */
export function supportPage(view: View): Page | undefined {
  const { organisation, content, words, release, day } = view;
  const support = itemsOf(content, "support").map(({ id, title, versions, level, statement, until }) => ({
    ...{ id, title, versions, level, statement, until },
    ended: until !== null && until < day,
  }));
  const duties = itemsOf(content, "release-duties").map(({ id, title, statement, place, appliesTo, formats }) => ({
    ...{ id, title, statement, place, appliesTo, formats },
  }));
  if (support.length + duties.length === 0) return undefined;
  return {
    title: `${words.supportTitle} - ${organisation.name}`,
    description: `${organisation.name}: ${words.supportTitle}.`,
    facts: { release, day, support, duties },
    main: () => html`<h1>${words.supportTitle}</h1>
<div>${unseenHeading(words.supportTitle)}${support.map(
      ({ id, title, versions, level, statement, until, ended }) =>
        html`<article class="entry" id="${anchor("support", id)}"><div class="side"><p><strong>${words.levels[level]}</strong></p>${
          until !== null && ended ? html`<p class="bad">${words.supportEnded(daysBetween(until, day))}</p>` : ""
        }</div><div><h3>${title}</h3>${prose(statement, view)}${definitions([
          [
            words.versions,
            versions.by === "range"
              ? html`<code>${versions.range}</code>`
              : html`${words.places[versions.place]}${versions.branch === undefined ? "" : html`: <code>${versions.branch}</code>`}`,
          ],
          [words.until, until === null ? words.noEnd : dated(until, words)],
        ])}</div></article>`,
    )}</div>
${
  duties.length === 0
    ? ""
    : html`<section>${heading("duties", words.releaseDuties)}${duties.map(
        ({ id, title, statement, place, appliesTo, formats }) =>
          html`<article class="entry" id="${anchor("release-duties", id)}"><div class="side"><p>${words.dutyPlace[place]}</p></div><div><h3>${title}</h3>${prose(statement, view)}${definitions(
            [
              [words.dutyOf, appliesTo],
              [words.formats, formats.join(", ")],
            ],
          )}</div></article>`,
      )}</section>`
}`,
  };
}
