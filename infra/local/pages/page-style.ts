import { createHash } from "node:crypto";
import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

/** What a `html` template gives: escaped text, at once or later. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** The look of the pages of the one-machine system: a document of paper, ink and rules. */
export const pageStyle = `
:root { color-scheme: light dark; --paper: #fcfbf8; --bar: #fff; --ink: #16191c; --soft: #596066; --rule: #d9d4c9; --link: #15588a; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171a; --bar: #1b1f23; --ink: #ece9e2; --soft: #a2a8ad; --rule: #353b41; --link: #86bce6; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.55 system-ui, sans-serif; }
.bar { background: var(--bar); border-bottom: 1px solid var(--rule); }
.bar p { margin: 0; padding: 14px 0; font: 700 20px/1.4 Georgia, "Noto Serif", serif; }
.bar a { color: inherit; text-decoration: none; }
.bar div, main, footer { width: min(100% - 40px, 1000px); margin-inline: auto; }
main { padding: 40px 0 64px; }
h1, h2 { font-family: Georgia, "Noto Serif", serif; font-weight: 400; line-height: 1.25; overflow-wrap: anywhere; }
h1 { font-size: clamp(30px, 5vw, 44px); margin: 0 0 12px; }
h2 { font-size: 24px; margin: 48px 0 0; padding: 12px 0; border-top: 3px solid var(--ink); border-bottom: 1px solid var(--rule); }
.lead { font-size: 20px; max-width: 34em; margin: 0 0 8px; }
.soft { color: var(--soft); font-size: 15px; }
a { color: var(--link); text-underline-offset: 3px; }
a:focus-visible, button:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
pre, code, kbd, .mono { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 15px; }
pre { background: var(--bar); border: 1px solid var(--rule); padding: 16px; white-space: pre-wrap; overflow-wrap: anywhere; max-width: 80ch; }
.rows { list-style: none; margin: 32px 0 0; padding: 0; border-top: 3px solid var(--ink); }
h2 + .rows { margin-top: 0; border-top: 0; }
.rows li { display: grid; grid-template-columns: 11em 1fr; gap: 0 24px; padding: 14px 0; border-bottom: 1px solid var(--rule); }
.rows time { font-variant-numeric: tabular-nums; }
.rows p, .facts dd { margin: 0; overflow-wrap: anywhere; }
.rows .title { font-weight: 600; }
.facts { display: grid; grid-template-columns: 11em 1fr; gap: 0 24px; margin: 24px 0; border-top: 1px solid var(--rule); }
.facts dt, .facts dd { padding: 8px 0; border-bottom: 1px solid var(--rule); }
.facts dt { color: var(--soft); }
button { font: inherit; padding: 8px 18px; color: var(--link); background: var(--bar); border: 1px solid currentColor; border-radius: 2px; cursor: pointer; }
summary { cursor: pointer; color: var(--link); padding: 8px 0; }
footer { border-top: 1px solid var(--rule); padding: 20px 0 40px; }
@media (max-width: 640px) {
  .rows li, .facts { grid-template-columns: 1fr; }
  .facts dt { border-bottom: 0; padding-bottom: 0; }
  .facts dd { padding-top: 0; }
}
`;

/** Only our own style runs or loads; no script at all. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'none'",
    `style-src 'sha256-${createHash("sha256").update(pageStyle).digest("base64")}'`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/** A whole page. `bar` is the text of the line at the top, a link to the host's first page. */
export function page({ title, body, bar = "Candor" }: { title: string; body: Html; bar?: string }): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${raw(pageStyle)}</style>
</head>
<body>
<header class="bar"><div><p><a href="/">${bar}</a></p></div></header>
<main>
${body}
</main>
</body>
</html>
`;
}

const dateText = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
const timeText = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: "UTC" });

/** An instant (RFC 3339) written out, as in "12 June 2026, 14:03:05 UTC". */
export function instant(at: string): Html {
  const date = new Date(at);
  return html`<time datetime="${at}">${dateText.format(date)}, ${timeText.format(date)} UTC</time>`;
}
