import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pageStyle } from "#infra/local/pages/page-style.ts";
import { type Mailbox, openMailbox } from "#infra/local/ses/mailbox.ts";
import { mailboxApp } from "#infra/local/ses/mailbox-page.ts";
import { noon, temporaryFolder } from "./workbench.ts";

const attack = "<script>alert(1)</script>";
const encoded = `=?utf-8?B?${Buffer.from(attack).toString("base64")}?=`;
const raw = Buffer.from(
  `From: a@hearth.localhost\r\nTo: b@example.org\r\nSubject: ${encoded}\r\nX-Evil: "><img src=x onerror=alert(1)>\r\n` +
    `Content-Type: text/html; charset=utf-8\r\n\r\n${attack}\r\n`,
);

function filled(folder: string): Mailbox {
  const mailbox = openMailbox({ file: join(folder, "mail.sqlite"), now: () => noon });
  const mail = { from: `${attack}@hearth.localhost`, to: [`${attack}@example.org`], raw, tags: {}, caller: "AKID" };
  mailbox.add({ id: "0100-one", ...mail });
  mailbox.add({ id: "0100-two", ...mail, raw: Buffer.from("From: a@b\r\nTo: c@d\r\nSubject: two\r\n\r\ntext\r\n") });
  return mailbox;
}

describe("the mailbox page", () => {
  it("lists the mails newest first with their dates written out", async () => {
    using folder = temporaryFolder();
    const mailbox = filled(folder.path);
    const answer = await mailboxApp(mailbox).request("/");
    const text = await answer.text();
    expect(text).toContain("2 mails have been sent");
    expect(text).toContain('<time datetime="2026-11-21T12:00:00.000Z">21 November 2026, 12:00:00 UTC</time>');
    expect(text.indexOf("/messages/0100-two")).toBeLessThan(text.indexOf("/messages/0100-one"));
    mailbox.close();
  });

  it.each(["/", "/messages/0100-one"])("lets no HTML of a mail into %s", async (path) => {
    using folder = temporaryFolder();
    const mailbox = filled(folder.path);
    const text = await (await mailboxApp(mailbox).request(path)).text();
    expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(text).not.toMatch(/<script|<img/);
    mailbox.close();
  });

  it("allows by its policy its own style and nothing else", async () => {
    using folder = temporaryFolder();
    const mailbox = filled(folder.path);
    const answer = await mailboxApp(mailbox).request("/");
    const style = /<style>([\s\S]*)<\/style>/.exec(await answer.text())?.[1] ?? "";
    expect(style).toBe(pageStyle);
    const hash = createHash("sha256").update(style).digest("base64");
    expect(answer.headers.get("content-security-policy")).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
    mailbox.close();
  });

  it("gives the mails as JSON with the promised fields", async () => {
    using folder = temporaryFolder();
    const mailbox = filled(folder.path);
    const answer = await mailboxApp(mailbox).request("/messages");
    const [two, one] = (await answer.json()) as unknown[];
    expect(two).toMatchObject({ id: "0100-two", subject: "two", text: "text\r\n", at: "2026-11-21T12:00:00.000Z" });
    expect(one).toMatchObject({ subject: attack, html: `${attack}\r\n`, raw: raw.toString(), text: "" });
    expect(two).not.toHaveProperty("html");
    mailbox.close();
  });

  it("gives a mail's bytes for download, and 404 for an unknown one", async () => {
    using folder = temporaryFolder();
    const mailbox = filled(folder.path);
    const app = mailboxApp(mailbox);
    const file = await app.request("/messages/0100-one.eml");
    expect(Buffer.from(await file.arrayBuffer()).equals(raw)).toBe(true);
    expect(file.headers.get("content-disposition")).toBe('attachment; filename="0100-one.eml"');
    const missing = ["/messages/none", "/messages/none.eml", "/other"].map(
      async (path) => (await app.request(path)).status,
    );
    expect(await Promise.all(missing)).toEqual([404, 404, 404]);
    mailbox.close();
  });
});
