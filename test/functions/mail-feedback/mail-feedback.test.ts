import { describe, expect, it, vi } from "vitest";
import { bounceEvent, complaintEvent } from "#infra/local/ses/sending-events.ts";
import { SesEvent } from "#shared/mail/ses-event.ts";
import { readOutboxItem } from "#shared/store/outbox.ts";
import type { Table } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { claimItem } from "#test/stage/claimed-item.ts";
import { newSender } from "#test/stage/composed-mail.ts";
import { mailFeedback, tableOf } from "#test/stage/doors.ts";
import { auditOf, onlyRecord } from "#test/stage/records.ts";
import { report } from "#test/stage/reporter.ts";
import { deliverAll, mailsTo, outboxIds } from "#test/stage/sent-mail.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const place = { region: "us-east-1", accountId: "000000000000" };

/** A mail that was sent, with every event that SES can tell of it. */
async function sent() {
  const tenant = await newTenant(stage);
  const from = newSender();
  await report(stage, tenant, { from });
  await deliverAll(stage, tenant);
  const [mail] = mailsTo(stage, from);
  if (!mail) throw new Error("Nothing was sent.");
  const [id = ""] = await outboxIds(tenant);
  const own = (kind: string) =>
    vi.waitFor(() =>
      SesEvent.parse(stage.events.find((event) => event.eventType === kind && event.mail.messageId === mail.id)),
    );
  const now = stage.clock.now();
  const bounce = { bounceType: "Permanent", bounceSubType: "General", feedbackId: "f-1" } as const;
  return {
    ...{ tenant, id, mail, send: await own("Send"), delivery: await own("Delivery") },
    bounce: SesEvent.parse(bounceEvent(mail, place, now, bounce)),
    complaint: SesEvent.parse(complaintEvent(mail, place, now, "f-2")),
  };
}

const deliveryOf = async (tenant: TenantScope, id: string) => (await readOutboxItem(tenant, id))?.delivery;

describe("what SES says of a sent mail", () => {
  it("is noted as delivered, bounced or complained of", async () => {
    const { tenant, id, send, delivery, bounce, complaint } = await sent();
    await mailFeedback(stage)(send);
    expect(await deliveryOf(tenant, id)).toBeUndefined();
    await mailFeedback(stage)(delivery);
    expect(await deliveryOf(tenant, id)).toBe("delivered");
    await mailFeedback(stage)(bounce);
    expect(await deliveryOf(tenant, id)).toBe("bounced");
    await mailFeedback(stage)(complaint);
    expect(await deliveryOf(tenant, id)).toBe("complained");
    expect((await auditOf(tenant)).map(({ action }) => action)).toEqual(
      expect.arrayContaining(["mail.delivered", "mail.bounced", "mail.complained"]),
    );
  });

  it("stays a bounce when a delivery is told of later", async () => {
    const { tenant, id, bounce, delivery } = await sent();
    await mailFeedback(stage)(bounce);
    await mailFeedback(stage)(delivery);
    expect(await deliveryOf(tenant, id)).toBe("bounced");
  });

  it("stays a bounce also when the two cross", async () => {
    const { tenant, id, bounce, delivery } = await sent();
    const table = tableOf(stage, "mail-feedback");
    const late: Table = {
      ...table,
      async transact(writes) {
        await mailFeedback(stage)(bounce);
        await table.transact(writes);
      },
    };
    await mailFeedback(stage, late)(delivery);
    expect(await deliveryOf(tenant, id)).toBe("bounced");
  });

  it("changes nothing more when it is told again", async () => {
    const { tenant, send, delivery } = await sent();
    for (const event of [send, delivery, send, delivery]) await mailFeedback(stage)(event);
    expect((await auditOf(tenant)).map(({ action }) => action).sort()).toEqual([
      ...["mail.delivered", "mail.opened", "mail.sent", "report.received"],
    ]);
  });

  it("finds the item by SES's id when the tags are gone", async () => {
    const { tenant, id, bounce } = await sent();
    const { tags: _, ...mail } = bounce.mail;
    await mailFeedback(stage)({ ...bounce, mail });
    expect(await deliveryOf(tenant, id)).toBe("bounced");
  });
});

describe("what SES says of another mail", () => {
  it("is passed over: one that never came from the outbox", async () => {
    const { bounce } = await sent();
    await mailFeedback(stage)({ ...bounce, mail: { messageId: "unknown-1" } });
  });

  it("makes no item that was not there", async () => {
    const { tenant, delivery } = await sent();
    const tags = { "candor-tenant": [tenant.tenant], "candor-item": ["never-was"] };
    await mailFeedback(stage)({ ...delivery, mail: { ...delivery.mail, tags } });
    expect(await outboxIds(tenant)).toHaveLength(1);
  });
});

describe("a claim that nobody confirmed", () => {
  it.each(["send", "delivery", "bounce"] as const)(
    "is settled by SES's %s event, with the clock stopped and one event",
    async (kind) => {
      const tenant = await newTenant(stage);
      await report(stage, tenant);
      const [id = ""] = await outboxIds(tenant);
      const item = await readOutboxItem(tenant, id);
      if (item) await claimItem(tenant, item, stage.clock.now());
      const tags = { "candor-tenant": [tenant.tenant], "candor-item": [id] };
      const example = (await sent())[kind];
      const event = { ...example, mail: { messageId: `ses-${id}`, tags } };
      await Promise.all([mailFeedback(stage)(event), mailFeedback(stage)(event)]);
      expect(await readOutboxItem(tenant, id)).toMatchObject({ state: "sent", sesId: `ses-${id}` });
      expect((await onlyRecord(tenant)).clocks.acknowledgedAt).toBeDefined();
      expect((await auditOf(tenant)).filter(({ action }) => action === "mail.sent")).toHaveLength(1);
      expect(await deliveryOf(tenant, id)).toBe({ send: undefined, delivery: "delivered", bounce: "bounced" }[kind]);
    },
  );
});
