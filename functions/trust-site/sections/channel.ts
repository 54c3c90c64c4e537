import { html } from "hono/html";
import type { Kept } from "#shared/posture/content.ts";
import { anchor } from "../design/anchor.ts";
import type { Html } from "../design/html.ts";
import { phrase, prose } from "../design/prose.ts";
import type { View } from "../view.ts";

export function channelFacts({ id, title, kind, address, url, path, status, condition, statement }: Kept<"channels">) {
  return { id, title, kind, address, url, path, status, condition, statement };
}

/** A way to the tenant, or one that must not be taken: with its standing first. */
export function channelEntry(channel: ReturnType<typeof channelFacts>, view: View): Html {
  const { id, title, kind, address, url, path, status, condition, statement } = channel;
  const { words } = view;
  const shut = status === "forbidden" || status === "closed";
  return html`<article class="entry" id="${anchor("channels", id)}"><div class="side"><p${shut ? html` class="bad"` : ""}>${words.channelStatus[status]}</p><p>${words.channelKinds[kind]}</p></div>
<div><h3>${title}</h3>${
    address === undefined
      ? ""
      : kind === "mail" && !shut
        ? html`<p><a href="mailto:${address}">${address}</a></p>`
        : html`<p><code>${address}</code></p>`
  }${url === undefined ? "" : html`<p><a href="${url}">${url}</a></p>`}${path === undefined ? "" : html`<p><code>${path}</code></p>`}${
    condition === undefined ? "" : html`<p class="bad">${phrase(condition, view)}</p>`
  }${statement === undefined ? "" : prose(statement, view)}</div></article>`;
}
