import { html } from "hono/html";
import { layout } from "./layout.ts";

export const notFoundPage = (): string =>
  layout({
    title: "Not found",
    name: "Candor",
    main: html`<h1>There is nothing here</h1>
<p class="lede">Check the address. If somebody gave it to you, ask them for the current one.</p>
<p><a href="/">To the first page</a></p>`,
  });
