import { html } from "hono/html";
import { layout } from "./layout.ts";

/** Something went wrong that is ours. `request` is how the log calls it. */
export const failedPage = (request: string): string =>
  layout({
    title: "This page could not be made",
    name: "Candor",
    main: html`<h1>This page could not be made</h1>
<p class="lede">Something went wrong on our side. Try again in a moment. If it stays, tell us the number of your request.</p>
<p>Request <code>${request}</code></p>`,
  });
