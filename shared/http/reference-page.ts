/** An API as a page to read: what its operations are declared with, as a document. No script. */
import { createHash } from "node:crypto";
import { html, raw } from "hono/html";
import * as z from "zod";
import { type Described, failuresOf } from "./openapi.ts";
import type { Answer, Operation } from "./operation.ts";
import { problems } from "./problem.ts";
import { standingHeaders } from "./standing-headers.ts";

type Html = ReturnType<typeof html>;

const style = `
:root{color-scheme:light dark;--paper:#fcfbf8;--ink:#17191c;--soft:#585f66;--rule:#d8d4ca;--link:#14568a}
@media (prefers-color-scheme:dark){:root{--paper:#15171a;--ink:#ece9e2;--soft:#a4abb2;--rule:#383c41;--link:#86bbe8}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.6 system-ui,sans-serif}
main{max-width:46rem;margin:0 auto;padding:0 1.25rem 4rem}
h1,h2,h3{line-height:1.25;overflow-wrap:anywhere}
h1,h2{font-family:Georgia,"Times New Roman",serif;font-weight:400}
h1{font-size:clamp(2rem,6vw,3rem);margin:2.5rem 0 1rem}
h2{font-size:1.5rem;margin:3.5rem 0 0;padding-top:.9rem;border-top:3px solid var(--ink)}
h3{font-size:1.0625rem;margin:0 0 .25rem}
section section{padding:1.5rem 0;border-top:1px solid var(--rule)}
h2+section{border-top:0}
p{margin:.4rem 0}
.soft{color:var(--soft)}
a{color:var(--link);text-underline-offset:.15em}
a:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}
code,pre{font:.94rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
pre{white-space:pre-wrap;margin:.5rem 0;padding-left:1rem;border-left:1px solid var(--rule)}
nav ul{columns:2;padding-left:1.25rem}
dl{margin:.75rem 0 0}
dt{color:var(--soft);margin-top:.6rem}
dd{margin:0}
summary{cursor:pointer;color:var(--link)}
@media (max-width:40rem){nav ul{columns:1}}
@media print{body{background:#fff;color:#000}a{color:inherit}}
`;

const styleHash = `sha256-${createHash("sha256").update(style).digest("base64")}`;

const headers = {
  ...standingHeaders,
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
} as const;

export async function referencePage(
  { title, description, documentAt }: Described & { readonly documentAt: string },
  operations: readonly Operation[],
): Promise<{ readonly body: string; readonly headers: Readonly<Record<string, string>> }> {
  const groups = [...new Set(operations.map(({ group }) => group))];
  const body = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${description.split("\n\n").map((paragraph) => html`<p>${paragraph}</p>`)}
<p>The same for machines: <a href="${documentAt}">OpenAPI 3.1</a>.</p>
<nav aria-label="Contents"><ul>${groups.map((group) => html`<li><a href="#${anchor(group)}">${group}</a></li>`)}</ul></nav>
${groups.map((group) => section(group, operations))}
<section>
<h2 id="problems">Problems</h2>
<p>What fails is answered with a problem document (RFC 9457). Its type is <code>urn:candor:problem:</code> and one of these codes.</p>
<dl>${Object.entries(problems).map(([code, { status, title: name }]) => html`<dt><code>${code}</code></dt><dd>${String(status)}, ${name}</dd>`)}</dl>
</section>
</main>
</body>
</html>`;
  return { body: String(body), headers };
}

function section(group: string, operations: readonly Operation[]): Html {
  return html`<section>
<h2 id="${anchor(group)}">${group}</h2>
${operations.filter((operation) => operation.group === group).map(entry)}
</section>`;
}

function entry(operation: Operation): Html {
  const { method, path, summary, description, query, body, textBody, answers, ifMatch, idempotencyKey } = operation;
  return html`<section>
<h3>${summary}</h3>
<p><code>${method.toUpperCase()} ${path}</code></p>
${description === undefined ? "" : description.split("\n\n").map((paragraph) => html`<p>${paragraph}</p>`)}
<dl>
<dt>Who</dt><dd>${whoMay(operation)}</dd>
${ifMatch ? html`<dt>If-Match</dt><dd>the ETag of the state that is changed, ${ifMatch}</dd>` : ""}
${idempotencyKey ? html`<dt>Idempotency-Key</dt><dd>taken</dd>` : ""}
${query ? html`<dt>Query</dt><dd>${shown(query, "input")}</dd>` : ""}
${body ? html`<dt>Body</dt><dd>${shown(body, "input")}</dd>` : ""}
${textBody ? html`<dt>Body</dt><dd>${textBody.join(", ")}</dd>` : ""}
${Object.entries(answers).map(([status, answer]) => html`<dt>${status}</dt><dd>${answered(answer)}</dd>`)}
<dt>Fails as</dt><dd>${[...new Set(failuresOf(operation))].join(", ") || "nothing of its own"}</dd>
</dl>
</section>`;
}

function whoMay({ permission }: Operation): Html | string {
  if (permission === "open") return "anybody";
  if (permission === "known") return "whoever has a valid credential";
  return html`whoever has the permission <code>${permission}</code>`;
}

function answered({ description, json, mediaType }: Answer): Html {
  return html`${description}${mediaType ? html` <span class="soft">${mediaType}</span>` : ""}${json ? shown(json, "output") : ""}`;
}

/** A schema in short, folded away. */
function shown(schema: z.ZodType, io: "input" | "output"): Html {
  const { $schema: _, ...text } = z.toJSONSchema(schema, { io });
  return html`<details><summary>JSON Schema</summary><pre>${JSON.stringify(text, null, 2)}</pre></details>`;
}

const anchor = (group: string): string => group.toLowerCase().replace(/[^a-z0-9]+/g, "-");
