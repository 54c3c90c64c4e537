import { html } from "hono/html";
import { itemsOf } from "#shared/posture/content.ts";
import { anchor } from "../design/anchor.ts";
import { dated } from "../design/dates.ts";
import { lede } from "../design/lede.ts";
import { prose } from "../design/prose.ts";
import type { Page } from "../page.ts";
import { unseenHeading } from "../sections/heading.ts";
import type { View } from "../view.ts";

/** Who reported what was then mended, under the names they wished for (RFC 9116, "Acknowledgments"). */
export function thanksPage(view: View): Page {
  const { organisation, content, words, release } = view;
  const credits = itemsOf(content, "credits").map(({ id, title, url, on, statement }) => ({
    id,
    title,
    url,
    on,
    statement,
  }));
  const sentence = words.thanksLede(credits.length);
  return {
    title: `${words.thanksTitle} - ${organisation.name}`,
    description: sentence,
    facts: { release, credits },
    main: () =>
      html`<h1>${words.thanksTitle}</h1>${lede([sentence])}<div>${unseenHeading(words.thanksTitle)}${credits.map(
        ({ id, title, url, on, statement }) =>
          html`<article class="entry" id="${anchor("credits", id)}"><div class="side">${on === undefined ? "" : html`<p>${dated(on, words)}</p>`}</div><div><h3>${
            url === undefined ? title : html`<a href="${url}">${title}</a>`
          }</h3>${statement === undefined ? "" : prose(statement, view)}</div></article>`,
      )}</div>`,
  };
}
