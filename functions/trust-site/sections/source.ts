import { html } from "hono/html";
import type { Html } from "../design/html.ts";

interface Sourced {
  readonly source?: { readonly path?: string | undefined; readonly url?: string | undefined } | undefined;
}

/** Where a statement stands in the tenant's own material. */
export function sourceOf({ source }: Sourced): Html | undefined {
  if (!source) return undefined;
  const { path, url } = source;
  if (url === undefined) return html`<code>${path}</code>`;
  return html`${path === undefined ? "" : html`<code>${path}</code> `}<a href="${url}">${url}</a>`;
}
