import { describe, expect, it, vi } from "vitest";
import { SesEvent } from "#shared/mail/ses-event.ts";
import { partitions } from "#shared/store/keys.ts";
import { readOutboxItem } from "#shared/store/outbox.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { claimItem } from "#test/stage/claimed-item.ts";
import { marker, newSender } from "#test/stage/composed-mail.ts";
import { mailFeedback, outbox, outboxPorts } from "#test/stage/doors.ts";
import { Died, mortal } from "#test/stage/dying.ts";
import { day, minute } from "#test/stage/movable-clock.ts";
import { auditOf, onlyRecord, recordsOf } from "#test/stage/records.ts";
import { report } from "#test/stage/reporter.ts";
import { deliverAll, field, mailsTo, outboxIds } from "#test/stage/sent-mail.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();

/** A tenant with one report whose acknowledgement waits. */
async function waiting(): Promise<{ tenant: TenantScope; from: string; work: { tenant: string; id: string } }> {
  const tenant = await newTenant(stage);
  const from = newSender();
  await report(stage, tenant, { from });
  const [id = ""] = await outboxIds(tenant);
  return { tenant, from, work: { tenant: tenant.tenant, id } };
}

const actionsOf = async (tenant: TenantScope): Promise<unknown[]> =>
  (await auditOf(tenant)).map(({ action }) => action).sort();

describe("an acknowledgement", () => {
  it("leaves once however often it is delivered, one after the other or at once", async () => {
    const { tenant, from, work } = await waiting();
    await Promise.all([1, 2, 3].map((run) => outbox(stage)(work, `request-${String(run)}`)));
    await outbox(stage)(work, "request-4");
    expect(mailsTo(stage, from)).toHaveLength(1);
    expect(await readOutboxItem(tenant, work.id)).toMatchObject({ state: "sent", attempts: 1 });
    expect(await actionsOf(tenant)).toEqual(["mail.opened", "mail.sent", "report.received"]);
  });

  it("stops the clock of its report when it has left", async () => {
    const { tenant, work } = await waiting();
    expect((await onlyRecord(tenant)).clocks.acknowledgedAt).toBeUndefined();
    await outbox(stage)(work, "request-1");
    expect((await onlyRecord(tenant)).clocks.acknowledgedAt).toBe(stage.clock.now().toISOString());
    const due = await tenant.table.get({
      pk: partitions.clocks(tenant.tenant),
      sk: (await onlyRecord(tenant)).report.id,
    });
    expect(due).not.toHaveProperty("dueKey");
  });

  it("leaves for a tenant without a promise too", async () => {
    const tenant = await newTenant(stage, { acknowledgeWithin: undefined });
    const from = newSender();
    await report(stage, tenant, { from });
    await deliverAll(stage, tenant);
    expect(mailsTo(stage, from)).toHaveLength(1);
    expect((await onlyRecord(tenant)).clocks).toEqual({});
  });

  it("holds the number, the promise and a reply address, joins the reporter's thread, and says nothing of the report", async () => {
    const tenant = await newTenant(stage);
    const from = newSender();
    await report(stage, tenant, { from, messageId: "first@lab.example", fields: ["References: <before@lab.example>"] });
    await deliverAll(stage, tenant);
    const [mail] = mailsTo(stage, from);
    const { report: found } = await onlyRecord(tenant);
    expect(mail?.subject).toBe(`Report ${found.number} received`);
    expect(mail?.text).toContain(found.number);
    expect(mail?.text).toContain("48 hours");
    expect(field(mail, "In-Reply-To")).toBe("<first@lab.example>");
    expect(field(mail, "References")).toBe("<before@lab.example> <first@lab.example>");
    expect(field(mail, "Auto-Submitted")).toBe("auto-replied");
    expect(field(mail, "Reply-To")).toMatch(new RegExp(`^r\\+[a-z2-7]{26}@${tenant.tenant}\\.localhost$`));
    expect(mail?.raw).not.toContain(marker);
  });

  it("is written so that a hostile sender's address and thread can't add a header", async () => {
    const tenant = await newTenant(stage);
    const from = newSender();
    const fields = ["References: <a@b> <c@d\r\n\tBcc:victim@other.example>"];
    await report(stage, tenant, { from, fields });
    await deliverAll(stage, tenant);
    const [mail] = mailsTo(stage, from);
    expect(mail?.to).toEqual([from]);
    expect(Object.keys(mail?.headers ?? {}).map((name) => name.toLowerCase())).not.toContain("bcc");
  });
});

describe("a mail that SES does not take now", () => {
  const throttled = () => ({ code: "Throttling", message: "Maximum sending rate exceeded." });

  it("is put back, waits longer each time, and leaves in the end", async () => {
    const { tenant, from, work } = await waiting();
    const waits: number[] = [];
    stage.faults.mail = throttled;
    for (let attempt = 0; attempt < 3; attempt++) {
      await outbox(stage)(work, "request-1");
      const item = await readOutboxItem(tenant, work.id);
      expect(item).toMatchObject({ state: "waiting", attempts: attempt + 1 });
      waits.push(Date.parse(item?.notBefore ?? "") - stage.clock.now().getTime());
      await outbox(stage)(work, "too early");
      expect((await readOutboxItem(tenant, work.id))?.attempts).toBe(attempt + 1);
      stage.clock.forward(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([1 * minute, 2 * minute, 5 * minute]);
    stage.faults.clear();
    await outbox(stage)(work, "request-2");
    expect(mailsTo(stage, from)).toHaveLength(1);
  });

  it("is tried three times in one run before that, with pauses between", async () => {
    const { from, work } = await waiting();
    let asked = 0;
    const pauses: number[] = [];
    stage.faults.mail = () => (++asked < 3 ? throttled() : undefined);
    const pause = async (milliseconds: number) => void pauses.push(milliseconds);
    await outbox(stage, { pause })(work, "request-1").finally(() => stage.faults.clear());
    expect(pauses).toEqual([250, 1_000]);
    expect(mailsTo(stage, from)).toHaveLength(1);
  });

  it("waits while the key is shut off, and is never given up for that", async () => {
    const { tenant, from, work } = await waiting();
    stage.faults.keys = ({ action }) =>
      action === "kms:Decrypt" ? Object.assign(new Error("off"), { name: "DisabledException" }) : undefined;
    for (let attempt = 0; attempt < 25; attempt++) {
      await outbox(stage)(work, "request-1");
      stage.clock.forward(60 * minute);
    }
    expect(await readOutboxItem(tenant, work.id)).toMatchObject({ state: "waiting", attempts: 25 });
    stage.faults.clear();
    await outbox(stage)(work, "request-2");
    expect(mailsTo(stage, from)).toHaveLength(1);
  });
});

describe("a mail that SES will never take", () => {
  it("is marked as failed with an event, and not tried again", async () => {
    const { tenant, from, work } = await waiting();
    stage.faults.mail = () => ({ code: "MessageRejected", message: "Email address is not verified: x@lab.example" });
    await outbox(stage)(work, "request-1");
    stage.faults.clear();
    stage.clock.forward(day);
    await outbox(stage)(work, "request-2");
    expect(mailsTo(stage, from)).toEqual([]);
    expect(await readOutboxItem(tenant, work.id)).toMatchObject({ state: "failed", attempts: 1 });
    const refused = (await auditOf(tenant)).find(({ action }) => action === "mail.refused");
    expect(refused?.["target"]).toEqual({ item: work.id, reason: "MessageRejected" });
  });

  it("is given up after twenty attempts of which nobody knows why they failed", async () => {
    const { tenant, work } = await waiting();
    stage.faults.mail = () => ({ code: "InternalFailure", message: "for r@lab.example", status: 500 });
    for (let attempt = 0; attempt < 20; attempt++) {
      await expect(outbox(stage)(work, "request-1")).rejects.toThrow();
      // Six hours is the longest that a claim stands.
      stage.clock.forward(day / 4);
    }
    await outbox(stage)(work, "request-1");
    stage.faults.clear();
    expect((await readOutboxItem(tenant, work.id))?.state).toBe("failed");
    expect(JSON.stringify(await auditOf(tenant))).not.toContain("r@lab.example");
  });
});

describe("a mail whose sending fails for reasons nobody knows", () => {
  it("is tried again after five minutes, then after ten: each wait doubles", async () => {
    const { tenant, work } = await waiting();
    stage.faults.mail = () => ({ code: "InternalFailure", message: "down", status: 500 });
    const attempts = async () => (await readOutboxItem(tenant, work.id))?.attempts;
    await expect(outbox(stage)(work, "request-1")).rejects.toThrow();
    stage.clock.forward(5 * minute);
    await expect(outbox(stage)(work, "request-2")).rejects.toThrow();
    stage.clock.forward(10 * minute - 1);
    await outbox(stage)(work, "request-3");
    expect(await attempts()).toBe(2);
    stage.clock.forward(1);
    await expect(outbox(stage)(work, "request-4")).rejects.toThrow();
    expect(await attempts()).toBe(3);
    stage.faults.clear();
  });
});

describe("a run that dies with a mail in its hands", () => {
  it("holds the item for five minutes when it died before sending; then it is sent", async () => {
    const { tenant, from, work } = await waiting();
    const item = await readOutboxItem(tenant, work.id);
    if (item) await claimItem(tenant, item, stage.clock.now());
    await outbox(stage)(work, "request-1");
    stage.clock.forward(5 * minute - 1);
    await outbox(stage)(work, "request-2");
    expect(mailsTo(stage, from)).toEqual([]);
    stage.clock.forward(1);
    await outbox(stage)(work, "request-3");
    expect(mailsTo(stage, from)).toHaveLength(1);
  });

  it("does not send it again when SES says that it was sent", async () => {
    const { tenant, from, work } = await waiting();
    await dieAfterSending(work);
    expect(mailsTo(stage, from)).toHaveLength(1);
    expect((await readOutboxItem(tenant, work.id))?.state).toBe("claimed");
    await mailFeedback(stage)(await sendEventOf(work.id));
    stage.clock.forward(5 * minute);
    await outbox(stage)(work, "request-2");
    expect(mailsTo(stage, from)).toHaveLength(1);
    expect(await readOutboxItem(tenant, work.id)).toMatchObject({ state: "sent", sesId: mailsTo(stage, from)[0]?.id });
    expect((await onlyRecord(tenant)).clocks.acknowledgedAt).toBeDefined();
    expect(await actionsOf(tenant)).toEqual(["mail.opened", "mail.sent", "report.received"]);
  });

  it("leaves the clock stopped wherever after sending it died, once all has been delivered again", async () => {
    for (const when of ["before", "after"] as const) {
      for (let at = 5; at < 9; at++) {
        const { tenant, from, work } = await waiting();
        const life = mortal(outboxPorts(stage), { at, when });
        await outbox(stage, life.ports)(work, "request-1").catch(() => undefined);
        if (mailsTo(stage, from).length > 0) await mailFeedback(stage)(await sendEventOf(work.id));
        stage.clock.forward(5 * minute);
        await outbox(stage)(work, "request-2");
        expect((await readOutboxItem(tenant, work.id))?.state).toBe("sent");
        expect((await onlyRecord(tenant)).clocks.acknowledgedAt).toBeDefined();
      }
    }
  });

  it("sends it again after five minutes when SES never said so: twice is better than never", async () => {
    const { from, work } = await waiting();
    await dieAfterSending(work);
    stage.clock.forward(5 * minute);
    await outbox(stage)(work, "request-2");
    expect(mailsTo(stage, from)).toHaveLength(2);
  });
});

describe("a digest", () => {
  it("leaves after its day has ended and lists every number", async () => {
    const tenant = await newTenant(stage);
    const from = newSender();
    for (let mail = 0; mail < 6; mail++) await report(stage, tenant, { from });
    await deliverAll(stage, tenant);
    expect(mailsTo(stage, from)).toHaveLength(3);
    stage.clock.forward(day);
    await deliverAll(stage, tenant);
    const digest = mailsTo(stage, from)[3];
    const records = (await recordsOf(tenant)).filter((record) => record.report.acknowledgement.state === "digest");
    expect(records).toHaveLength(3);
    for (const record of records) {
      expect(digest?.text).toContain(`    ${record.report.number}`);
      expect(record.clocks.acknowledgedAt).toBeDefined();
    }
    expect(digest?.raw).not.toContain(marker);
    expect(digest?.text).not.toContain("[numbers]");
  });

  it("is followed by another one when a report comes after it left early", async () => {
    const tenant = await newTenant(stage);
    const from = newSender();
    for (let mail = 0; mail < 4; mail++) await report(stage, tenant, { from });
    const at = new Date(stage.clock.now().getTime() + day);
    const digestId = (await outboxIds(tenant)).find((id) => id.startsWith("digest-")) ?? "";
    await outbox(stage)({ tenant: tenant.tenant, id: digestId, at }, "request-1");
    expect(mailsTo(stage, from)).toHaveLength(1);
    await report(stage, tenant, { from });
    expect((await outboxIds(tenant)).filter((id) => id.startsWith("digest-"))).toHaveLength(2);
  });
});

/** A run that dies when SES has the mail and nobody has noted it. */
async function dieAfterSending(work: { tenant: string; id: string }): Promise<void> {
  const { mailer } = outboxPorts(stage);
  const send: typeof mailer.send = async (mail) => {
    await mailer.send(mail);
    throw new Died();
  };
  await expect(outbox(stage, { mailer: { send } })(work, "request-1")).rejects.toThrow(Died);
}

/** What SES published about the mail of an item. */
async function sendEventOf(item: string): Promise<SesEvent> {
  const isOf = ({ eventType, mail }: (typeof stage.events)[number]) =>
    eventType === "Send" && mail.tags["candor-item"]?.[0] === item;
  return vi.waitFor(() => SesEvent.parse(stage.events.find(isOf)));
}
