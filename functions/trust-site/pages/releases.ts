import { html } from "hono/html";
import type { Day } from "#shared/posture/day.ts";
import type { PublicRelease } from "#shared/release/public-release.ts";
import { dated } from "../design/dates.ts";
import type { Html } from "../design/html.ts";
import { lede } from "../design/lede.ts";
import type { Page } from "../page.ts";
import { parts } from "../parts.ts";
import { releaseFacts } from "../release-facts.ts";
import { definitions } from "../sections/definitions.ts";
import { heading, unseenHeading } from "../sections/heading.ts";
import type { View } from "../view.ts";

/** Every state that was ever published. `next`: the number that the following page begins before. */
export function releasesPage(view: View, releases: readonly PublicRelease[], next: number | undefined): Page {
  const { organisation, words, to, release: shown } = view;
  return {
    title: `${words.releasesTitle} - ${organisation.name}`,
    description: words.releasesLede,
    facts: { shown: shown.release, items: releases.map(releaseFacts) },
    main: () =>
      html`<h1>${words.releasesTitle}</h1>${lede([words.releasesLede])}<div>${unseenHeading(words.releasesTitle)}${releases.map(
        (release) =>
          html`<article class="entry"><div class="side"><p>${dated(release.publishedAt.slice(0, 10) as Day, words)}</p>${
            release.release === shown.release ? html`<p class="good">${words.current}</p>` : ""
          }${release.withdrawn ? html`<p class="bad">${words.withdrawn}</p>` : ""}</div><div><h3><a href="${to(`/releases/${String(release.release)}`)}">${words.release(release.release)}</a></h3>${
            release.note === undefined ? "" : html`<p>${release.note}</p>`
          }${release.release > 1 ? html`<p class="quiet"><a href="${to(`/releases/${String(release.release - 1)}/diff/${String(release.release)}`)}">${words.compareWith(release.release - 1)}</a></p>` : ""}</div></article>`,
      )}</div>${next === undefined ? "" : html`<p><a href="${to(`/releases?before=${String(next)}`)}">${words.older}</a></p>`}`,
  };
}

/** One release: what it is, how it is proven, and its pages as they were. */
export function releasePage(view: View, release: PublicRelease): Page {
  const { organisation, words, to, content, origin } = view;
  const number = String(release.release);
  const facts = releaseFacts(release);
  const title = release.withdrawn ? words.withdrawnTitle(release.release) : words.release(release.release);
  return {
    title: `${title} - ${organisation.name}`,
    description: release.note ?? title,
    facts,
    main: () => html`<p class="above"><a href="${to("/releases")}">${words.releasesTitle}</a></p><h1>${title}</h1>
${release.withdrawn ? lede([words.withdrawnWords]) : release.note === undefined ? "" : html`<p class="lede">${release.note}</p>`}
<div class="text">${definitions([
      [
        words.withdrawn,
        release.withdrawn ? html`${instant(release.withdrawn.at)}: ${release.withdrawn.reason}` : undefined,
      ],
      [words.publishedAt, instant(release.publishedAt)],
      [words.askedFor, instant(release.at)],
      [
        words.restores,
        release.restores === undefined
          ? undefined
          : html`<a href="${to(`/releases/${String(release.restores)}`)}">${words.release(release.restores)}</a>`,
      ],
      [words.bodyDigest, html`<code>${release.body}</code>`],
      [words.bodyBytes, String(release.bytes)],
      [words.previous, release.previous === null ? undefined : html`<code>${release.previous}</code>`],
      [words.logEntry, String(release.index)],
      [
        words.files,
        html`<ul>${Object.entries(facts.files).map(([, path]) => html`<li><a href="${path}">${path}</a></li>`)}</ul>`,
      ],
    ])}</div>
${
  release.withdrawn
    ? ""
    : html`<section>${heading("pages-then", words.pagesThen)}<p class="quiet below">${words.pagesThenWords}</p><ul class="parts">${parts
        .filter(({ name, exists }) => !unversioned.has(name) && exists(content))
        .map(
          ({ name, path }) =>
            html`<li><a href="${to(`/releases/${number}${path === "/" ? "/posture" : path}`)}">${words.parts[name]}</a></li>`,
        )}</ul></section>
<section>${heading("check", words.checkTitle)}<div class="text below"><p>${words.cosignWords}</p><pre><code class="command">${cosign(origin, number)}</code></pre></div></section>`
}`,
  };
}

/** What is about all releases is no part of one. */
const unversioned: ReadonlySet<string> = new Set(["releases", "search"]);

const instant = (at: string): Html => html`<time datetime="${at}">${at}</time>`;

const cosign = (origin: string, number: string): string =>
  [
    `curl -O ${origin}/releases/${number}/body.json -O ${origin}/releases/${number}/body.sigstore.json -O ${origin}/.well-known/candor.pub`,
    "cosign verify-blob-attestation --key candor.pub --bundle body.sigstore.json --type urn:candor:release:v1 --insecure-ignore-tlog body.json",
  ].join("\n");
