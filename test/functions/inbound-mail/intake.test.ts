import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { arrive, objectsIn } from "#test/stage/arriving-mail.ts";
import { compose, newSender } from "#test/stage/composed-mail.ts";
import { inboundMail } from "#test/stage/doors.ts";
import { day, hour } from "#test/stage/movable-clock.ts";
import { auditOf, onlyRecord, outboxOf, outcomeOf, recordsOf } from "#test/stage/records.ts";
import { addressOf, report, send } from "#test/stage/reporter.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();

describe("a mail that is taken in", () => {
  it("becomes a report with its message, conversation, clock, audit event and outbox item", async () => {
    const tenant = await newTenant(stage);
    const notice = await report(stage, tenant);
    const { report: found, messages, clocks, outboxItem } = await onlyRecord(tenant);
    expect(found).toMatchObject({ state: "new", flags: [], via: "mail", messages: 2, version: 1 });
    expect(found.number).toMatch(new RegExp(`^${tenant.tenant.toUpperCase()}-2026-[A-Z2-7]{6}$`));
    expect(messages.map(({ direction, kind, flags }) => [direction, kind, flags])).toEqual([
      ["in", "message", []],
      ["out", "auto-reply", []],
    ]);
    expect(Date.parse(clocks.acknowledge?.dueAt ?? "") - notice.mail.timestamp.getTime()).toBe(48 * hour);
    expect(outboxItem).toMatchObject({ kind: "acknowledgement", state: "waiting", attempts: 0, report: found.id });
    const [event, ...others] = await auditOf(tenant);
    expect(event).toMatchObject({ action: "report.received", target: { report: found.id }, request: "request-1" });
    expect(others).toEqual([]);
    expect(await outcomeOf(tenant, notice.mail.messageId)).toBe(found.id);
  });

  it("starts no clock where the tenant promises nothing", async () => {
    const tenant = await newTenant(stage, { acknowledgeWithin: undefined });
    await report(stage, tenant);
    const { clocks, outboxItem } = await onlyRecord(tenant);
    expect(clocks).toEqual({});
    expect(outboxItem?.state).toBe("waiting");
  });

  it("leaves no raw object behind, and one sealed object", async () => {
    const tenant = await newTenant(stage);
    const notice = await report(stage, tenant);
    expect(await objectsIn(stage, "raw", notice.receipt.action.objectKey)).toEqual([]);
    expect(await objectsIn(stage, "sealed", `${tenant.tenant}/`)).toHaveLength(1);
  });

  it("stands in the table without a word of what was written", async () => {
    const tenant = await newTenant(stage);
    const secret = `needle-${randomUUID()}`;
    const from = newSender();
    await report(stage, tenant, { from, subject: secret, text: secret, messageId: `${secret}@lab.example` });
    const stored = JSON.stringify([await recordsOf(tenant), await auditOf(tenant), await outboxOf(tenant)], asText);
    expect(stored).not.toContain(secret);
    expect(stored).not.toContain(from);
  });

  it("is taken in once however often it is announced", async () => {
    const tenant = await newTenant(stage);
    const notice = await report(stage, tenant);
    for (const request of ["request-2", "request-3"]) await inboundMail(stage)(notice, request);
    await onlyRecord(tenant);
    expect(await auditOf(tenant)).toHaveLength(1);
  });

  it.each([
    ["an ordinary mail", {}, 1],
    ["one by which nothing can be recognised but SES's own id", { from: "", messageId: "" }, 0],
  ])("is taken in once when three runs work on it at the same time: %s", async (_, draft, answers) => {
    const tenant = await newTenant(stage);
    const notice = await send(stage, tenant, draft, { from: "r@lab.example" });
    await Promise.allSettled([1, 2, 3].map((run) => inboundMail(stage)(notice, `request-${String(run)}`)));
    await inboundMail(stage)(notice, "request-4");
    await onlyRecord(tenant);
    expect(await outboxOf(tenant)).toHaveLength(answers);
    expect(await auditOf(tenant)).toHaveLength(1);
  });

  it("becomes one report for each of the two tenants that it was for", async () => {
    const [one, other] = [await newTenant(stage), await newTenant(stage)];
    await report(stage, one, {}, { to: [addressOf(one), addressOf(other)] });
    const [first, second] = [await onlyRecord(one), await onlyRecord(other)];
    expect(first.report.id).not.toBe(second.report.id);
    expect(first.report.number).not.toBe(second.report.number);
  });

  it("is the tenant's by an address outside the mail domain, in any case of letters", async () => {
    const tenant = await newTenant(stage);
    await report(stage, tenant, {}, { to: [`Security@${tenant.tenant}.EXAMPLE`] });
    await onlyRecord(tenant);
  });

  it("is announced in vain when it is gone and nobody made a record of it", async () => {
    const tenant = await newTenant(stage);
    const notice = await send(stage, tenant);
    const gone = {
      ...notice,
      receipt: { ...notice.receipt, action: { type: "S3", objectKey: "inbound/gone" } },
    } as const;
    await expect(inboundMail(stage)(gone, "request-1")).rejects.toThrow("has no record");
  });

  it("has 20 MB and is sealed whole", async () => {
    const tenant = await newTenant(stage);
    const bytes = randomBytes(15 * 1024 * 1024);
    await report(stage, tenant, { attachments: [{ name: "dump.bin", bytes }] });
    const { messages } = await onlyRecord(tenant);
    expect(messages[0]?.attachmentCount).toBe(1);
    const raw = messages[0]?.raw;
    expect(raw && "bytes" in raw ? raw.bytes : 0).toBeGreaterThan(20 * 1024 * 1024);
  });
});

describe("a mail that came before", () => {
  it("is noted as a duplicate when the same mail comes under another SES id", async () => {
    const tenant = await newTenant(stage);
    const raw = compose({ from: newSender() });
    const notices = [];
    for (let copy = 0; copy < 2; copy++) {
      const notice = await arrive(stage, raw, { from: "r@lab.example", to: [addressOf(tenant)] });
      await inboundMail(stage)(notice, "request-1");
      notices.push(notice);
    }
    await onlyRecord(tenant);
    expect(await outcomeOf(tenant, notices[1]?.mail.messageId ?? "")).toBe("duplicate");
    expect((await auditOf(tenant)).map(({ action }) => action).sort()).toEqual(["mail.duplicate", "report.received"]);
    expect(await outboxOf(tenant)).toHaveLength(1);
  });

  it("is one report when both copies come at the same time", async () => {
    const tenant = await newTenant(stage);
    const raw = compose({ from: newSender() });
    const envelope = { from: "r@lab.example", to: [addressOf(tenant)] };
    const notices = await Promise.all([arrive(stage, raw, envelope), arrive(stage, raw, envelope)]);
    await Promise.all(notices.map((notice) => inboundMail(stage)(notice, "request-1")));
    await onlyRecord(tenant);
  });

  it("joins the report and is acknowledged again under the same number when its sender sends it anew", async () => {
    const tenant = await newTenant(stage);
    const again = { from: newSender(), subject: "overflow", text: "the same words" };
    await report(stage, tenant, again);
    await report(stage, tenant, again);
    const { messages, report: found } = await onlyRecord(tenant);
    expect(messages.map(({ kind }) => kind).sort()).toEqual(["auto-reply", "auto-reply", "message", "resend"]);
    expect(found.messages).toBe(4);
    expect(await outboxOf(tenant)).toHaveLength(2);
  });

  it("joins the report also when both are taken in at the same time", async () => {
    const tenant = await newTenant(stage);
    const again = { from: newSender(), subject: "overflow", text: "the same words" };
    const notices = [await send(stage, tenant, again), await send(stage, tenant, again)];
    await Promise.all(notices.map((notice) => inboundMail(stage)(notice, "request-1")));
    const { messages } = await onlyRecord(tenant);
    expect(messages.map(({ kind }) => kind).sort()).toEqual(["auto-reply", "auto-reply", "message", "resend"]);
  });

  it("is a report of its own when the same words come after 30 days", async () => {
    const tenant = await newTenant(stage);
    const again = { from: newSender(), text: "the same words" };
    await report(stage, tenant, again);
    stage.clock.forward(30 * day + 1_000);
    await report(stage, tenant, again);
    expect(await recordsOf(tenant)).toHaveLength(2);
  });

  it("is a report of its own, flagged, when a sender whom nobody vouches for repeats it", async () => {
    const tenant = await newTenant(stage);
    const again = { from: newSender(), text: "the same words" };
    await report(stage, tenant, again);
    await report(stage, tenant, { ...again, fields: ["X-Local-Dmarc: GRAY", "X-Local-Dkim: GRAY"] });
    const records = await recordsOf(tenant);
    expect(records).toHaveLength(2);
    expect(records.flatMap((record) => record.report.flags).sort()).toEqual([
      "possible-duplicate",
      "sender-unverified",
    ]);
  });

  it("is flagged when its Message-ID is another mail's", async () => {
    const tenant = await newTenant(stage);
    const messageId = `${randomUUID()}@lab.example`;
    await report(stage, tenant, { messageId });
    stage.clock.forward(1_000);
    await report(stage, tenant, { messageId });
    const records = await recordsOf(tenant);
    expect(records.map((record) => record.report.flags)).toEqual([["message-id-reused"], []]);
  });

  it("can come again after more than 400 days, whether or not the table has forgotten it", async () => {
    const tenant = await newTenant(stage);
    const raw = compose({ from: newSender() });
    const envelope = { from: "r@lab.example", to: [addressOf(tenant)] };
    await inboundMail(stage)(await arrive(stage, raw, envelope), "request-1");
    stage.clock.forward(401 * day);
    await inboundMail(stage)(await arrive(stage, raw, envelope), "request-2");
    expect(await recordsOf(tenant)).toHaveLength(2);
  });
});

describe("mail for an address that may become somebody's", () => {
  it("reaches a tenant that was made just after mail for it came too early", async () => {
    const takeIn = inboundMail(stage);
    const early = await newTenant(stage);
    const name = `late${randomBytes(4).toString("hex")}`;
    const to = [`security@${name}.localhost`];
    await takeIn(await arrive(stage, compose(), { from: "r@lab.example", to }), "request-1");
    const late = await newTenant(stage, { slug: name as typeof early.tenant });
    await takeIn(await arrive(stage, compose(), { from: "r@lab.example", to }), "request-2");
    await onlyRecord(late);
  });
});

/** Bytes as the text that they would be. */
function asText(_: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value;
}
