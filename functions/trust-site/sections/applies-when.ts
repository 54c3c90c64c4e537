import { html } from "hono/html";
import type { Html } from "../design/html.ts";
import type { Words } from "../words/words.ts";

interface Conditional {
  readonly appliesWhen?: { readonly component: string; readonly otherwise?: string | undefined } | undefined;
}

/** Without which part of the product the statement means nothing. */
export function appliesWhen({ appliesWhen: when }: Conditional, words: Words): Html | "" {
  return when
    ? html`<p class="quiet">${words.appliesOnlyWith(when.component)}${when.otherwise === undefined ? "" : ` ${when.otherwise}`}</p>`
    : "";
}
