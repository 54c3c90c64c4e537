import { html } from "hono/html";
import { lengthInWords } from "#shared/tenant/promise-in-words.ts";
import type { TenantProfile } from "#shared/tenant/tenant.ts";
import { layout } from "./layout.ts";

/** The first page of a tenant that has published nothing yet: who it is, and how to tell it of a vulnerability. */
export function homePage(profile: TenantProfile, reportAddress: string): string {
  const promise = profile.acknowledgeWithin;
  return layout({
    title: `${profile.name}: security`,
    name: profile.name,
    main: html`<h1>Security at ${profile.name}</h1>
<p class="lede">${profile.about}</p>
<p>No posture has been published here yet. Until then nothing is claimed.</p>
<section><h2 id="report">Report a vulnerability</h2><div class="text below">
<p>Write to <a href="mailto:${reportAddress}"><code>${reportAddress}</code></a>. Your mail is encrypted when it arrives; the part of the service that takes it in can't read it back.</p>
<p>${
      promise === undefined
        ? `${profile.name} publishes no time within which a report is acknowledged.`
        : `${profile.name} promises to acknowledge a report within ${lengthInWords(promise)}.`
    }</p></div></section>
${
  profile.nextSteps.length > 0
    ? html`<section><h2 id="next">What happens next</h2><ul class="text below">${profile.nextSteps.map((step) => html`<li>${step}</li>`)}</ul></section>`
    : ""
}`,
  });
}

/** The same facts for machines. */
export function homeFacts({ slug, name, about, contacts, acknowledgeWithin }: TenantProfile, reportAddress: string) {
  return { slug, name, about, contacts, report: { mail: reportAddress, acknowledgeWithin: acknowledgeWithin ?? null } };
}
