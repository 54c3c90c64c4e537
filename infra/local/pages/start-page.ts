import { html } from "hono/html";
import { type Html, page } from "./page-style.ts";

export interface StartFacts {
  readonly httpPort: number;
  readonly smtpPort: number;
  readonly home: string;
  readonly rules: readonly string[];
  readonly tenants: readonly { readonly slug: string; readonly name: string; readonly contacts: readonly string[] }[];
  /** How far the local clock is ahead. */
  readonly clockOffsetMs: number;
  readonly now: Date;
}

/** The start page of the one-machine system: who is here, where to mail, what to type. */
export function startPage(facts: StartFacts): Html {
  const { httpPort, tenants, home } = facts;
  const [first] = tenants;
  const site = (name: string): string => `http://${name}.localhost:${String(httpPort)}/`;
  const body = html`<h1>Candor on this machine</h1>
<p class="lead">${count(tenants.length)} and everything it runs on, in one process group and one folder. Nothing leaves this machine.</p>
<p class="soft">State lies in <code>${home}</code>.${clockNote(facts)}</p>
<h2>Tenants</h2>
${tenants.length === 0 ? html`<p>None: this home was started with <code>CANDOR_SEED=none</code>.</p>` : tenantRows(facts, site)}
<h2>Send a report</h2>
<p>By any mail program, to the SMTP server <code>127.0.0.1</code>, port <code>${facts.smtpPort}</code>, without login or encryption. Or by curl:</p>
<pre>${mailCommand(facts.smtpPort, first?.slug ?? "tenant")}</pre>
<p>What is sent in answer goes to no one: it lies in the <a href="${site("mail")}">mailbox</a>, and as JSON at <a href="${site("mail")}messages">mail.localhost/messages</a>.</p>
<h2>Read it back</h2>
<p>A token for one hour, for a tenant and one of the roles owner, operator, viewer; <code>platform</code> for the platform API:</p>
<pre>${tokenCommand(httpPort, first?.slug ?? "tenant")}</pre>
<p>The operator of the service makes tenants, suspends and deletes them, and sees nothing that is in one:</p>
<pre>${operatorCommand(httpPort)}</pre>
<p>Logins in a browser are at <a href="${site("login")}.well-known/openid-configuration">login.localhost</a>: one for each tenant and role, named above, without a password. curl and browsers find these names by themselves; other programs send the <code>Host</code> header to 127.0.0.1.</p>
<h2>Let time pass</h2>
<p>Scheduled rules run by themselves. To run one as if it were another moment:</p>
<pre>${facts.rules.map((rule) => `curl -X POST 'http://localhost:${String(httpPort)}/_local/schedule/${rule}?at=${iso(facts.now)}'\n`).join("")}</pre>
<p>To see everything age, start again with <code>CANDOR_NOW_OFFSET=P90D</code>.</p>
<h2>Play SES</h2>
<dl class="facts">
<dt>Bounce or complaint</dt><dd><code>curl -d @event.json http://localhost:${httpPort}/_local/ses-feedback</code></dd>
<dt>Deliver a mail once more</dt><dd><code>curl -X POST http://localhost:${httpPort}/_local/redeliver/&lt;SES message id&gt;</code></dd>
</dl>`;
  return page({ title: "Candor on this machine", body });
}

function tenantRows({ tenants }: StartFacts, site: (name: string) => string): Html {
  return html`<ul class="rows">${tenants.map(
    ({ slug, name, contacts }) =>
      html`<li><p class="title">${name}</p><p><a href="${site(slug)}">${slug}.localhost</a>, mail to ${[...contacts, `security@${slug}.localhost`].map((address, position) => html`${position > 0 ? ", " : ""}<code>${address}</code>`)}; logins <code>${slug}-owner</code>, <code>${slug}-operator</code>, <code>${slug}-viewer</code></p></li>`,
  )}</ul>`;
}

const count = (tenants: number): string =>
  tenants === 0 ? "No tenant yet" : tenants === 1 ? "One tenant" : `${String(tenants)} tenants`;

function clockNote({ clockOffsetMs, now }: StartFacts): string {
  return clockOffsetMs === 0 ? "" : ` Its clock is moved: here it is ${iso(now)}.`;
}

const iso = (instant: Date): string => `${instant.toISOString().slice(0, 19)}Z`;

const mailCommand = (port: number, tenant: string): string =>
  `printf 'From: you@example.org\\nTo: security@${tenant}.localhost\\nSubject: a finding\\n\\nWhat I found.\\n' |
  curl smtp://127.0.0.1:${String(port)} --mail-from you@example.org --mail-rcpt security@${tenant}.localhost -T -`;

const tokenCommand = (port: number, tenant: string): string =>
  `TOKEN=$(npm run --silent token -- ${tenant} owner)
curl -H "Authorization: Bearer $TOKEN" http://api.localhost:${String(port)}/v1/tenants/${tenant}/reports`;

const operatorCommand = (port: number): string =>
  `TOKEN=$(npm run --silent token -- platform)
curl -H "Authorization: Bearer $TOKEN" http://api.localhost:${String(port)}/v1/tenants`;
