import { html } from "hono/html";
import { itemsOf, type Kept } from "#shared/posture/content.ts";
import { daysBetween } from "#shared/posture/day.ts";
import { gateResult } from "#shared/posture/overdue.ts";
import { anchor } from "../design/anchor.ts";
import { dated } from "../design/dates.ts";
import type { Html } from "../design/html.ts";
import { lede } from "../design/lede.ts";
import { phrase } from "../design/prose.ts";
import type { Page } from "../page.ts";
import { definitions } from "../sections/definitions.ts";
import { unseenHeading } from "../sections/heading.ts";
import type { View } from "../view.ts";

/** Advisories on dependencies that are tolerated for a while: why, until when, and by how much that is past. */
export function exceptionsPage(view: View): Page | undefined {
  const { organisation, content, day, words, release } = view;
  const exceptions = itemsOf(content, "exceptions").map((exception) => exceptionFacts(exception, view));
  if (exceptions.length === 0) return undefined;
  const overdue = gateResult(content, day, "exceptions").overdue.length;
  const sentence = words.exceptionsLede(exceptions.length, overdue);
  return {
    title: `${words.exceptionsTitle} - ${organisation.name}`,
    description: sentence,
    facts: { release, day, overdue, exceptions },
    main: () =>
      html`<h1>${words.exceptionsTitle}</h1>${lede([sentence])}<div>${unseenHeading(words.exceptionsTitle)}${exceptions.map((exception) => entryOf(exception, view))}</div>`,
  };
}

function exceptionFacts(exception: Kept<"exceptions">, { day }: View) {
  const { visibility: _visibility, translations: _translations, order: _order, source: _source, ...said } = exception;
  const { on } = exception.review;
  return { ...said, daysOverdue: on !== null && on < day ? daysBetween(on, day) : 0 };
}

function entryOf(exception: ReturnType<typeof exceptionFacts>, view: View): Html {
  const { words } = view;
  const { review, tracking, daysOverdue } = exception;
  return html`<article class="entry" id="${anchor("exceptions", exception.id)}"><div class="side"><p><strong>${words.exceptionKinds[exception.kind]}</strong></p>${
    exception.warningOnly ? html`<p>${words.warningOnly}</p>` : ""
  }${standing(exception, view)}</div>
<div><h3>${exception.title}</h3><p><code>${exception.advisory}</code> <span class="quiet">${exception.package} ${exception.version}${
    exception.ecosystem === undefined ? "" : `, ${exception.ecosystem}`
  }</span></p>
${definitions([
  [words.broughtInBy, exception.broughtInBy.length === 0 ? words.directly : exception.broughtInBy.join(", ")],
  [words.noUpgrade, exception.whyNoUpgrade === undefined ? undefined : phrase(exception.whyNoUpgrade, view)],
  [words.unreachable, exception.whyUnreachable === undefined ? undefined : phrase(exception.whyUnreachable, view)],
  [words.endsWhen, phrase(exception.removalCondition, view)],
  [
    words.nextReview,
    html`${review.on === null ? words.noReviewDay : dated(review.on, words)}${
      daysOverdue > 0 ? html` <span class="bad">${words.overdueBy(daysOverdue)}</span>` : ""
    }${review.upon.length === 0 ? "" : `, ${words.also} ${review.upon.join(", ")}`}; ${review.enforced ? words.gateEnforced : words.gateNot}`,
  ],
  [
    words.recordedIn,
    html`${tracking.tool}, <code>${tracking.file}</code>${tracking.note === undefined ? "" : html`<br>${phrase(tracking.note, view)}`}`,
  ],
  ...exception.reviews.map(
    ({ on, by, note }) =>
      [
        words.lookedAt,
        html`${dated(on, words)}${by === undefined ? "" : `, ${words.confirmedBy(by)}`}${note === undefined ? "" : html`: ${phrase(note, view)}`}`,
      ] as const,
  ),
])}</div></article>`;
}

function standing({ review: { on }, daysOverdue }: ReturnType<typeof exceptionFacts>, { day, words }: View): Html {
  if (on === null) return html`<p>${words.noReviewDay}</p>`;
  return daysOverdue > 0
    ? html`<p class="bad">${words.overdueBy(daysOverdue)}</p>`
    : html`<p>${words.dueIn(daysBetween(day, on))}</p>`;
}
