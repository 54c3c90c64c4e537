import { Hono } from "hono";
import { html } from "hono/html";
import { type Html, instant, page, securityHeaders } from "#infra/local/pages/page-style.ts";
import type { Mailbox, MailSummary, SentMail } from "./mailbox.ts";

const listed = 200;
const bar = "Sent mail";

/** Shows what "SES" sent: a page for people, `GET /messages` for programs. Nothing in a mail is rendered as HTML. */
export function mailboxApp(mailbox: Mailbox): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(securityHeaders)) c.header(name, value);
  });
  app.get("/", (c) => c.html(listPage(mailbox.summaries(listed), mailbox.count())));
  app.get("/messages", (c) => c.json(mailbox.list().map(publicMail)));
  app.get("/messages/:file{[0-9a-z-]+\\.eml}", (c) => {
    const file = c.req.param("file");
    const bytes = mailbox.rawBytes(file.slice(0, -".eml".length));
    if (bytes === undefined) return c.html(notFoundPage(), 404);
    const headers = { "content-type": "message/rfc822", "content-disposition": `attachment; filename="${file}"` };
    return c.body(new Uint8Array(bytes), 200, headers);
  });
  app.get("/messages/:id{[0-9a-z-]+}", (c) => {
    const mail = mailbox.get(c.req.param("id"));
    return mail === undefined ? c.html(notFoundPage(), 404) : c.html(mailPage(mail));
  });
  app.notFound((c) => c.html(notFoundPage(), 404));
  return app;
}

function publicMail({ id, from, to, subject, at, headers, text, html: htmlText, raw, tags }: SentMail) {
  return { id, from, to, subject, at, headers, text, ...(htmlText === undefined ? {} : { html: htmlText }), raw, tags };
}

function listPage(mails: readonly MailSummary[], count: number): Html {
  const lead =
    count === 0
      ? "Nothing has been sent yet. Mail a report to a tenant's address, and its acknowledgement appears here."
      : count === 1
        ? "One mail has been sent. It did not leave this machine."
        : `${String(count)} mails have been sent. None of them left this machine.`;
  const cut = count > mails.length ? html`<p class="soft">The newest ${mails.length} are listed.</p>` : "";
  const body = html`<h1>Sent mail</h1>
<p class="lead">${lead}</p>
${cut}
<p class="soft">As JSON: <a href="/messages">/messages</a></p>
${mails.length === 0 ? "" : html`<ol class="rows">${mails.map(row)}</ol>`}`;
  return page({ title: "Sent mail", bar, body });
}

function row({ id, from, to, subject, at }: MailSummary): Html {
  return html`
<li><p class="soft">${instant(at)}</p><div>
<p class="title"><a href="/messages/${id}">${subject === "" ? "(no subject)" : subject}</a></p>
<p class="soft">to ${to.join(", ")}, from ${from}</p></div></li>`;
}

function mailPage(mail: SentMail): Html {
  const subject = mail.subject === "" ? "(no subject)" : mail.subject;
  const htmlPart =
    mail.html === undefined
      ? ""
      : html`<h2>HTML part, as source</h2>
<pre>${mail.html}</pre>`;
  const body = html`<h1>${subject}</h1>
<dl class="facts">
<dt>Sent</dt><dd>${instant(mail.at)}</dd>
<dt>From</dt><dd>${mail.from}</dd>
<dt>To</dt><dd>${mail.to.join(", ")}</dd>
<dt>SES message id</dt><dd class="mono">${mail.id}</dd>
<dt>Configuration set</dt><dd>${mail.configurationSet ?? "none"}</dd>
<dt>Tags</dt><dd>${
    Object.entries(mail.tags)
      .map(([name, value]) => `${name}=${value}`)
      .join(", ") || "none"
  }</dd>
</dl>
<h2>Text</h2>
<pre>${mail.text}</pre>
${htmlPart}
<h2>Headers</h2>
<dl class="facts">${headerEntries(mail).map(([name, value]) => html`<dt>${name}</dt><dd class="mono">${value}</dd>`)}</dl>
<p><a href="/messages/${mail.id}.eml">The whole message, as it was sent</a></p>`;
  return page({ title: subject, bar, body });
}

function headerEntries({ headers }: SentMail): [string, string][] {
  return Object.entries(headers).flatMap(([name, values]) => [values].flat().map((v): [string, string] => [name, v]));
}

function notFoundPage(): Html {
  const body = html`<h1>No such mail</h1>
<p class="lead">Nothing was sent under this id. <a href="/">See what was sent.</a></p>`;
  return page({ title: "No such mail", bar, body });
}
