/** What a reader in a hurry needs: how fresh, what is conceded, what is overdue, how to report, how to check. */
import { html } from "hono/html";
import type { PostureCounts } from "#shared/posture/counts.ts";
import type { Overdue } from "#shared/posture/overdue.ts";
import { anchor } from "../design/anchor.ts";
import { datedInstant } from "../design/dates.ts";
import type { Html } from "../design/html.ts";
import type { View } from "../view.ts";
import { heading } from "./heading.ts";

interface Glance {
  readonly counts: PostureCounts;
  readonly overdue: { readonly exceptions: readonly Overdue[]; readonly claims: readonly Overdue[] };
}

export function glance({ counts, overdue }: Glance, view: View): Html {
  const { words, reportAddress, to } = view;
  const { exceptions, claims } = overdue;
  const late = [
    ...(exceptions.length > 0
      ? [html`<a class="bad" href="${to("/exceptions")}">${words.overdueExceptions(exceptions.length)}</a>`]
      : []),
    ...(claims.length > 0
      ? [
          html`<a class="bad" href="#${anchor("claims", claims[0]?.id ?? "")}">${words.overdueClaims(claims.length)}</a>`,
        ]
      : []),
  ];
  return html`<dl class="glance">
<dt>${words.glance.fresh}</dt><dd>${words.freshOf(counts.age.fresh, counts.claims)}</dd>
<dt>${words.glance.conceded}</dt><dd><a href="${to("/gaps")}">${words.gapsConceded(counts.gaps)}</a>${
    counts.risks > 0 ? html`, <a href="${to("/risks")}">${words.risksAccepted(counts.risks)}</a>` : ""
  }</dd>
<dt>${words.glance.overdue}</dt><dd>${late.length === 0 ? words.nothingOverdue : late.map((entry, at) => (at === 0 ? entry : html`, ${entry}`))}</dd>
<dt>${words.glance.report}</dt><dd><a href="mailto:${reportAddress}">${reportAddress}</a></dd>
<dt>${words.glance.check}</dt><dd>${command(view)}</dd>
</dl>`;
}

/** The command that believes nothing of what is shown here. */
const command = ({ origin }: View): Html => html`<code class="command">candor-verify ${origin}</code>`;

/** Proof is a line: which release this is, when it was published, and where it stands in the log. */
export function releaseLine({ release, words, to }: View): Html {
  const { release: number, publishedAt, index } = release;
  return html`<ul class="meta"><li><a href="${to(`/releases/${String(number)}`)}">${words.release(number)}</a>, ${words.published(
    datedInstant(publishedAt, words),
  )}</li><li>${words.logEntry} ${index}</li><li><a href="#check">${words.checkIt}</a></li></ul>`;
}

/** How to check what stands here, without believing it. */
export function checkSection(view: View): Html {
  const { words, release } = view;
  return html`<section>${heading("check", words.checkTitle)}
<div class="text below"><p>${words.checkWords}</p><pre>${command(view)}</pre>
<dl class="facts"><dt>${words.parts.releases}</dt><dd>${words.release(release.release)}, <time datetime="${release.publishedAt}">${release.publishedAt}</time></dd>
<dt>${words.bodyDigest}</dt><dd><code>${release.body}</code></dd><dt>${words.logEntry}</dt><dd>${release.index}</dd></dl></div></section>`;
}
