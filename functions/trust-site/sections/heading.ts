import { html } from "hono/html";
import type { Html } from "../design/html.ts";

/** The heading of a list that is all that its page has: the page's own says it already, but for who hears the page. */
export const unseenHeading = (text: string): Html => html`<h2 class="unseen">${text}</h2>`;

/** The heading of a part of a page, to be linked to. */
export const heading = (id: string, text: string): Html => html`<h2 id="${id}">${text}</h2>`;
