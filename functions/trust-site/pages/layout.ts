import { createHash } from "node:crypto";
import { html, raw } from "hono/html";

type Html = ReturnType<typeof html>;

/** One style for every page: paper, ink, rules. It stands in the page, so that a page is one request. */
const style = `
:root{color-scheme:light dark;--paper:#fcfbf8;--ink:#17191c;--soft:#585f66;--rule:#d8d4ca;--link:#14568a}
@media (prefers-color-scheme:dark){:root{--paper:#15171a;--ink:#ece9e2;--soft:#a4abb2;--rule:#383c41;--link:#86bbe8}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.6 system-ui,sans-serif}
header,main,footer{max-width:46rem;margin:0 auto;padding:0 1.25rem}
header{padding-block:1.25rem;border-bottom:1px solid var(--rule);font:700 1.15rem Georgia,"Times New Roman",serif}
h1,h2{font-family:Georgia,"Times New Roman",serif;font-weight:400;line-height:1.2;text-wrap:balance}
h1{font-size:clamp(2rem,6vw,3rem);margin:2.5rem 0 1rem}
h2{font-size:1.5rem;margin:2.75rem 0 .75rem;padding-top:.9rem;border-top:3px solid var(--ink)}
.lead{font-size:1.25rem;line-height:1.5}
a{color:var(--link);text-underline-offset:.15em}
a:focus-visible{outline:3px solid var(--link);outline-offset:2px}
code{font:1rem ui-monospace,monospace;overflow-wrap:anywhere}
ol,ul{padding-left:1.25rem}li{margin:.4rem 0}
footer{margin-top:4rem;padding-block:1.25rem;border-top:1px solid var(--rule);color:var(--soft);font-size:.9rem}
@media print{body{background:#fff;color:#000}a{color:inherit}}
`;

/** What the Content-Security-Policy allows: this style and no other. */
export const styleHash = `sha256-${createHash("sha256").update(style).digest("base64")}`;

export function layout(page: { readonly title: string; readonly name: string; readonly main: Html }): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title}</title>
<style>${raw(style)}</style>
</head>
<body>
<header>${page.name}</header>
<main>${page.main}</main>
<footer>Kept by Candor. The same facts for machines: <a href="/posture.json">posture.json</a></footer>
</body>
</html>`;
}
