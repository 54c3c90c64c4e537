import { describe, expect, it } from "vitest";
import { demoTenants } from "#infra/local/demo/tenants.ts";
import { readMessage } from "#shared/mail/message.ts";
import { acknowledgementSubject, acknowledgementText } from "#shared/outbox/acknowledgement.ts";
import { composeAutomaticMail } from "#shared/outbox/raw-mail.ts";
import { wrapText } from "#shared/outbox/wrap-text.ts";

const report = { number: "POWERNODE-2026-ABC234", receivedAt: new Date("2026-11-21T11:30:00Z") };
const reply = "r+abcdefghijklmnopqrstuvwxyz@powernode.localhost";
const tenant = (slug: string) => {
  const found = demoTenants.find((one) => one.slug === slug);
  if (!found) throw new Error(`no demo tenant ${slug}`);
  return found;
};

describe("an acknowledgement", () => {
  it("names the number, the promise, what follows and where to write", () => {
    const text = acknowledgementText(tenant("powernode"), report, { reply });
    for (const part of [
      "POWERNODE-2026-ABC234",
      "within 48 hours",
      "5 business days",
      "once a week",
      reply,
      "21 November 2026",
      "11:30 UTC",
    ]) {
      expect(text.replaceAll(/\s+/g, " ")).toContain(part);
    }
  });

  it("promises nothing where the tenant promises nothing", () => {
    expect(acknowledgementText(tenant("herald"), report, { reply })).toContain("publishes no time");
  });

  it.each(demoTenants.map(({ slug }) => slug))("of %s stays within 72 columns", (slug) => {
    const text = acknowledgementText(tenant(slug), report, { reply });
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(72);
  });

  it("is marked as automatic and joins the reporter's thread", async () => {
    const raw = await composeAutomaticMail({
      from: { name: "Powernode security", address: "security@powernode.localhost" },
      to: "reporter@example.org",
      replyTo: reply,
      subject: acknowledgementSubject(report.number),
      text: "Grüße\n",
      inReplyTo: "<m1@example.org>",
      references: ["<m0@example.org>", "<m1@example.org>"],
    });
    const mail = readMessage(Buffer.from(raw, "latin1"));
    expect(mail.header("auto-submitted")).toBe("auto-replied");
    expect(mail.header("x-auto-response-suppress")).toBe("All");
    expect(mail.inReplyTo).toEqual(["m1@example.org"]);
    expect(mail.references).toEqual(["m0@example.org", "m1@example.org"]);
    expect(mail.replyTo.map(({ address }) => address)).toEqual([reply]);
    expect(mail.text.trim()).toBe("Grüße");
    expect(raw.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  });

  it("lets nothing from outside end a header line", async () => {
    const raw = await composeAutomaticMail({
      from: { name: "X\r\nBcc: victim@example.org", address: "security@powernode.localhost" },
      to: "a@example.org\r\nBcc: victim@example.org",
      subject: "s\r\nBcc: victim@example.org",
      text: "t",
      inReplyTo: "<m@example.org>\r\nBcc: victim@example.org",
      references: ["<m@example.org>\r\nBcc: victim@example.org"],
    });
    expect(raw.split("\r\n").filter((line) => /^bcc:/i.test(line))).toEqual([]);
  });

  it("keeps the first and the newest references of a long thread", async () => {
    const references = Array.from({ length: 100 }, (_, at) => `<m${String(at)}@example.org>`);
    const raw = await composeAutomaticMail({
      from: { name: "", address: "security@powernode.localhost" },
      to: "a@example.org",
      subject: "s",
      text: "t",
      references,
    });
    const kept = readMessage(Buffer.from(raw)).references;
    expect(kept).toHaveLength(20);
    expect([kept[0], kept.at(-1)]).toEqual(["m0@example.org", "m99@example.org"]);
  });
});

describe("mail text", () => {
  it("hangs the lines of a list item and leaves indented lines alone", () => {
    const long = "word ".repeat(30).trim();
    const text = wrapText([`- ${long}`, "- two", `    ${"x".repeat(90)}`]);
    expect(text.split("\n")[1]).toMatch(/^ {2}word/);
    expect(text).toContain("\n- two\n\n    xxx");
  });
});
