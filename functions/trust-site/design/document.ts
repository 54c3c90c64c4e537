/** The frame of every page: what the browser is told, the bar, the foot. */
import { html, raw } from "hono/html";
import { parts } from "../parts.ts";
import type { View } from "../view.ts";
import { languages } from "../words/languages.ts";
import { subscribing } from "../words/subscribing.ts";
import type { Words } from "../words/words.ts";
import { datedInstant } from "./dates.ts";
import type { Html } from "./html.ts";
import { style } from "./style.ts";

export interface Frame {
  readonly title: string;
  readonly description: string;
  /** The tenant's name, or the service's where there is no tenant. */
  readonly owner: string;
  readonly words: Words;
  readonly language: string;
  readonly accent?: string | undefined;
  readonly logo?: string | undefined;
  /** Robots are asked to leave it alone: what is old, or an answer to one reader. */
  readonly unlisted?: boolean;
  /** Within a tenant's site. */
  readonly place?: {
    /** The path of this page, without language. */
    readonly path: string;
    readonly origin: string;
    readonly twin?: string | undefined;
    readonly linkedData: object;
    readonly bar: Html;
    readonly foot: Html;
  };
}

/** A whole document. No script, no inline style but the two whose hashes the answer's policy names. */
export function document(frame: Frame, main: Html): string {
  const { title, description, owner, words, language, accent, logo, place, unlisted } = frame;
  return String(html`<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<meta name="description" content="${description}">
${unlisted ? html`<meta name="robots" content="noindex">` : ""}
<link rel="icon" href="${logo ?? "data:,"}">
${place ? linksOf(frame, place) : ""}
<style>${raw(style)}</style>${accent === undefined ? "" : html`<style>${raw(accent)}</style>`}
</head>
<body>
<a class="skip" href="#main">${words.skip}</a>
<header class="bar"><div class="wide">${place?.bar ?? html`<span class="owner">${owner}</span>`}</div></header>
<main id="main" class="wide" tabindex="-1">${main}</main>
<footer><div class="wide">${place?.foot ?? html`<p>${words.keptBy}</p>`}</div></footer>
</body>
</html>
`);
}

function linksOf({ title, description, owner, language }: Frame, place: NonNullable<Frame["place"]>): Html {
  const { path, origin, twin } = place;
  return html`<link rel="canonical" href="${origin}${path}">
${languages.map(({ code }) => html`<link rel="alternate" hreflang="${code}" href="${origin}${path}?lang=${code}">`)}
${twin === undefined ? "" : html`<link rel="alternate" type="application/json" href="${twin}">`}
<link rel="alternate" type="application/atom+xml" href="/feed.atom" title="${owner}">
<link rel="alternate" type="application/feed+json" href="/feed.json" title="${owner}">
<meta property="og:type" content="website">
<meta property="og:site_name" content="${owner}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${description}">
<meta property="og:url" content="${origin}${path}">
<meta property="og:locale" content="${language}">
<script type="application/ld+json">${raw(JSON.stringify(place.linkedData).replaceAll("<", "\\u003c"))}</script>`;
}

/** The tenant's name, and the ways through its site. `path`: the page that is open. */
export function barOf({ organisation, words, to }: View, path: string, logo: string | undefined): Html {
  const entry = (name: "posture" | "gaps" | "policy" | "releases") => {
    const target = parts.find((part) => part.name === name)?.path ?? "/";
    return html`<li><a href="${to(target)}"${path === target ? html` aria-current="page"` : ""}>${words.parts[name]}</a></li>`;
  };
  return html`<a class="owner" href="${to("/")}">${
    logo === undefined ? "" : html`<img src="${logo}" alt="" height="32">`
  }<span>${organisation.name}</span></a>
<nav aria-label="${words.navigation}"><ul>${entry("posture")}${entry("gaps")}${entry("policy")}${entry("releases")}<li><a href="#pages">${words.allPages}</a></li><li><a class="act" href="${to("/policy#report")}">${words.report}</a></li></ul></nav>`;
}

/** Every page there is, the languages, and the same facts for machines. */
export function footOf({ content, words, language, to, release }: View, path: string, twin: string | undefined): Html {
  return html`<nav aria-labelledby="pages"><h2 id="pages">${words.allPages}</h2><ul class="parts">${parts
    .filter(({ exists }) => exists(content))
    .map(({ name, path: target }) => html`<li><a href="${to(target)}">${words.parts[name]}</a></li>`)}</ul></nav>
<ul class="meta"><li>${words.release(release.release)}, ${words.published(datedInstant(release.publishedAt, words))}</li><li>${words.logEntry} ${release.index}</li><li><code>${release.body}</code></li>${
    twin === undefined ? "" : html`<li><a href="${twin}">${words.machines}</a></li>`
  }<li><a href="/subscribe?lang=${language}">${subscribing[language]?.title ?? ""}</a></li><li><a href="/feed.atom">Atom</a></li><li><a href="/feed.json">JSON Feed</a></li><li><a href="/gate.json">gate.json</a></li><li><a href="/.well-known/security.txt">security.txt</a></li></ul>
<ul class="meta">${languages.map(({ code, name }) =>
    code === language
      ? html`<li lang="${code}"><span aria-current="true">${name}</span></li>`
      : html`<li><a lang="${code}" hreflang="${code}" href="${path}?lang=${code}">${name}</a></li>`,
  )}</ul>
<p class="quiet">${words.keptBy}</p>`;
}
