import { html } from "hono/html";
import { layout } from "./layout.ts";

export const notFoundPage = () =>
  layout({
    title: "Not found",
    name: "Candor",
    main: html`
<h1>There is nothing here</h1>
<p>Check the address. If somebody gave it to you, ask them for the current one.</p>`,
  });
