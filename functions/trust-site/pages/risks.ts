import { html } from "hono/html";
import { findItem, itemsOf } from "#shared/posture/content.ts";
import { anchor } from "../design/anchor.ts";
import { dated } from "../design/dates.ts";
import { lede } from "../design/lede.ts";
import { phrase, prose } from "../design/prose.ts";
import type { Page } from "../page.ts";
import { appliesWhen } from "../sections/applies-when.ts";
import { definitions } from "../sections/definitions.ts";
import { unseenHeading } from "../sections/heading.ts";
import type { View } from "../view.ts";

/** What the tenant knows of and lives with, and in which sense. */
export function risksPage(view: View): Page | undefined {
  const { organisation, content, words, release, to, day } = view;
  const risks = itemsOf(content, "risks").map(
    ({ id, title, kind, statement, reason, plan, reviewOn, claims, appliesWhen: when }) => ({
      ...{ id, title, kind, statement, reason, plan, reviewOn },
      ...(when ? { appliesWhen: when } : {}),
      claims: claims.flatMap((claim) => {
        const found = findItem(content, "claims", claim);
        return found ? [{ id: found.id, title: found.title }] : [];
      }),
    }),
  );
  if (risks.length === 0) return undefined;
  const sentence = words.risksLede(risks.length);
  return {
    title: `${words.risksTitle} - ${organisation.name}`,
    description: sentence,
    facts: { release, risks },
    main: () =>
      html`<h1>${words.risksTitle}</h1>${lede([sentence])}<div>${unseenHeading(words.risksTitle)}${risks.map(
        (
          risk,
        ) => html`<article class="entry" id="${anchor("risks", risk.id)}"><div class="side"><p><strong>${words.riskKinds[risk.kind]}</strong></p><p>${words.riskKindMeaning[risk.kind]}</p></div>
<div><h3>${risk.title}</h3>${prose(risk.statement, view)}${appliesWhen(risk, words)}${definitions([
          [words.reason, risk.reason === undefined ? undefined : phrase(risk.reason, view)],
          [words.plan, risk.plan === undefined ? undefined : phrase(risk.plan, view)],
          [
            words.nextReview,
            risk.reviewOn === null
              ? words.noReviewDay
              : html`${dated(risk.reviewOn, words)}${risk.reviewOn < day ? html` <span class="bad">${words.late}</span>` : ""}`,
          ],
          [
            words.claims,
            risk.claims.length === 0
              ? undefined
              : html`${risk.claims.map((claim, at) => html`${at === 0 ? "" : ", "}<a href="${to(`/claims/${claim.id}`)}">${claim.title}</a>`)}`,
          ],
        ])}</div></article>`,
      )}</div>`,
  };
}
