import type { html } from "hono/html";

/** Markup whose holes were escaped: what `html` makes. */
export type Html = ReturnType<typeof html>;
