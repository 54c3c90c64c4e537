import { html } from "hono/html";
import type { Html } from "../design/html.ts";

/** The heading of a part of a page, to be linked to. */
export const heading = (id: string, text: string): Html => html`<h2 id="${id}">${text}</h2>`;
