import { describe, expect, it } from "vitest";
import { Thread } from "#shared/report/conversation.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { newSender } from "#test/stage/composed-mail.ts";
import { onlyRecord, quarantineOf, recordsOf } from "#test/stage/records.ts";
import { addressOf, report } from "#test/stage/reporter.ts";
import { deliverAll, field, mailsTo } from "#test/stage/sent-mail.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();

/** A report whose acknowledgement has been sent, and what its reporter holds. */
async function acknowledged(tenant: TenantScope) {
  const from = newSender();
  await report(stage, tenant, { from });
  await deliverAll(stage, tenant);
  const [mail] = mailsTo(stage, from);
  stage.clock.forward(1_000);
  return { from, replyAddress: field(mail, "Reply-To"), mailId: mail?.id ?? "" };
}

const lastMessage = async (tenant: TenantScope) => (await onlyRecord(tenant)).messages.at(-1);

describe("an answer to the reply address", () => {
  it("joins the report of its token, and gets no acknowledgement", async () => {
    const tenant = await newTenant(stage);
    const { from, replyAddress } = await acknowledged(tenant);
    await report(stage, tenant, { from }, { to: [replyAddress] });
    const { report: found, messages } = await onlyRecord(tenant);
    expect(found.messages).toBe(3);
    expect(messages.at(-1)).toMatchObject({ direction: "in", kind: "message", flags: [] });
    await deliverAll(stage, tenant);
    expect(mailsTo(stage, from)).toHaveLength(1);
  });

  it("joins in whatever case of letters the address comes back", async () => {
    const tenant = await newTenant(stage);
    const { from, replyAddress } = await acknowledged(tenant);
    await report(stage, tenant, { from }, { to: [replyAddress.toUpperCase()] });
    expect((await onlyRecord(tenant)).report.messages).toBe(3);
  });

  it("is marked when somebody else sent it, and when nobody vouches for the sender", async () => {
    const tenant = await newTenant(stage);
    const { from, replyAddress } = await acknowledged(tenant);
    await report(stage, tenant, {}, { to: [replyAddress] });
    expect((await lastMessage(tenant))?.flags).toEqual(["not-reporter"]);
    stage.clock.forward(1_000);
    await report(
      stage,
      tenant,
      { from, fields: ["X-Local-Dmarc: GRAY", "X-Local-Dkim: GRAY"] },
      { to: [replyAddress] },
    );
    expect((await lastMessage(tenant))?.flags).toEqual(["sender-unverified"]);
  });

  it("is a new report, flagged, at another tenant's domain", async () => {
    const [tenant, other] = [await newTenant(stage), await newTenant(stage)];
    const { from, replyAddress } = await acknowledged(tenant);
    const foreign = replyAddress.replace(tenant.tenant, other.tenant);
    await report(stage, other, { from }, { to: [foreign] });
    expect((await onlyRecord(other)).report.flags).toEqual(["bad-token"]);
    expect((await onlyRecord(tenant)).report.messages).toBe(2);
  });

  it("is a new report, flagged, when the token is none", async () => {
    const tenant = await newTenant(stage);
    await report(stage, tenant, {}, { to: [`r+${"a".repeat(26)}@${tenant.tenant}.localhost`] });
    expect((await onlyRecord(tenant)).report.flags).toEqual(["bad-token"]);
  });

  it("takes an automatic reply and a bounce into the conversation, and answers neither", async () => {
    const tenant = await newTenant(stage);
    const { from, replyAddress } = await acknowledged(tenant);
    await report(stage, tenant, { from, fields: ["Auto-Submitted: auto-replied"] }, { to: [replyAddress] });
    expect((await lastMessage(tenant))?.kind).toBe("auto-reply");
    stage.clock.forward(1_000);
    await report(stage, tenant, { from: "mailer-daemon@mx.example" }, { from: "", to: [replyAddress] });
    expect((await lastMessage(tenant))?.kind).toBe("bounce");
    await deliverAll(stage, tenant);
    expect(mailsTo(stage, from)).toHaveLength(1);
  });

  it("is a new report, and no failure, at a hundred made-up reply addresses", async () => {
    const tenant = await newTenant(stage);
    const made = Array.from({ length: 100 }, (_, n) => `r+${"a".repeat(22)}${letters(n)}@${tenant.tenant}.localhost`);
    await report(stage, tenant, {}, { to: made });
    expect((await onlyRecord(tenant)).report.flags).toEqual(["bad-token"]);
  });
});

describe("an answer that refers to a mail of ours", () => {
  it.each(["In-Reply-To", "References"])("joins by %s, at the tenant's usual address", async (header) => {
    const tenant = await newTenant(stage);
    const { from, mailId } = await acknowledged(tenant);
    const fields = [`${header}: <older@lab.example> <${mailId}@email.amazonses.com>`];
    await report(stage, tenant, { from, fields });
    expect((await onlyRecord(tenant)).report.messages).toBe(3);
  });

  it("joins nothing of another tenant", async () => {
    const [tenant, other] = [await newTenant(stage), await newTenant(stage)];
    const { from, mailId } = await acknowledged(tenant);
    await report(stage, other, { from, fields: [`In-Reply-To: <${mailId}@email.amazonses.com>`] });
    expect((await onlyRecord(other)).report.flags).toEqual([]);
    expect((await onlyRecord(tenant)).report.messages).toBe(2);
  });

  it("follows the token where the two disagree, marked", async () => {
    const tenant = await newTenant(stage);
    const [one, two] = [await acknowledged(tenant), await acknowledged(tenant)];
    const fields = [`In-Reply-To: <${two.mailId}@email.amazonses.com>`];
    await report(stage, tenant, { from: one.from, fields }, { to: [one.replyAddress] });
    const joined = (await recordsOf(tenant)).find((record) => record.report.messages === 3);
    expect(joined?.messages.at(-1)?.flags).toEqual(["conflict"]);
    expect(mailsTo(stage, one.from)[0]?.text).toContain(joined?.report.number);
  });

  it("does not join by the number in its subject", async () => {
    const tenant = await newTenant(stage);
    const { from } = await acknowledged(tenant);
    const { number } = (await onlyRecord(tenant)).report;
    await report(stage, tenant, { from, subject: `Re: Report ${number} received` });
    expect(await recordsOf(tenant)).toHaveLength(2);
  });
});

describe("a bounce that belongs to nothing", () => {
  it("waits for a person", async () => {
    const tenant = await newTenant(stage);
    await report(stage, tenant, { from: "mailer-daemon@mx.example" }, { from: "" });
    expect(await recordsOf(tenant)).toEqual([]);
    expect((await quarantineOf(tenant)).map(({ reason }) => reason)).toEqual(["unmatched-bounce"]);
  });
});

describe("what the table knows of a conversation", () => {
  it("is enough to seal to it and holds no private key", async () => {
    const tenant = await newTenant(stage);
    await acknowledged(tenant);
    const { outboxItem } = await onlyRecord(tenant);
    expect(Object.keys(Thread.parse(outboxItem?.thread)).sort()).toEqual(
      ["conversation", "number", "publicKey", "report", "reporter", "suite"].sort(),
    );
    expect(addressOf(tenant)).toContain(tenant.tenant);
  });
});

const letters = (n: number): string => [n & 7, (n >> 3) & 7, (n >> 6) & 7, 0].map((at) => "bcdefghi"[at]).join("");
