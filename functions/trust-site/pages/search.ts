import { html } from "hono/html";
import type { Page } from "../page.ts";
import { search } from "../search-index.ts";
import { unseenHeading } from "../sections/heading.ts";
import type { View } from "../view.ts";

const most = 50;

/** The form, and what is found. A plain form: it works without any script. */
export function searchPage(view: View, query: string): Page {
  const { organisation, words, to, language, release } = view;
  const { found, hits } = search(view, query, most);
  return {
    title: `${words.searchTitle} - ${organisation.name}`,
    description: words.searchFor,
    facts: { release, query, found, hits },
    main: () => html`<h1>${words.searchTitle}</h1>
<form class="find" action="${to("/search").replace(/\?.*$/, "")}" method="get" role="search"><label for="q">${words.searchFor}</label><input id="q" name="q" type="search" value="${query}" maxlength="200" autocomplete="off">${
      to("/").includes("lang=") ? html`<input type="hidden" name="lang" value="${language}">` : ""
    }<button type="submit">${words.searchButton}</button></form>
${query === "" ? "" : html`<p class="lede" role="status">${words.found(found, query)}</p>`}
<div>${unseenHeading(words.searchTitle)}${hits.map(
      ({ kind, title, path, excerpt }) =>
        html`<article class="entry"><div class="side"><p>${words.kindNames[kind]}</p></div><div><h3><a href="${to(path)}">${title}</a></h3><p class="quiet">${excerpt}</p></div></article>`,
    )}</div>
${found > hits.length ? html`<p class="quiet">${words.moreFound(hits.length)}</p>` : ""}`,
  };
}
