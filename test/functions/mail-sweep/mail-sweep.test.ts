import { describe, expect, it } from "vitest";
import type { Swept } from "#functions/inbound-mail/app.ts";
import { arrive, objectsIn } from "#test/stage/arriving-mail.ts";
import { compose } from "#test/stage/composed-mail.ts";
import { inboundMail, mailSweep, queueOf } from "#test/stage/doors.ts";
import { day, minute } from "#test/stage/movable-clock.ts";
import { auditOf, onlyRecord, outboxOf, recordsOf } from "#test/stage/records.ts";
import { addressOf, send } from "#test/stage/reporter.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();

/** What a sweep finds, at so many milliseconds from the real now: the time of storing is S3's own. */
async function sweep(later: number): Promise<Swept[]> {
  const found: Swept[] = [];
  const enqueue = async (message: unknown) => {
    const { objectKey, storedAt } = message as { objectKey: string; storedAt: string };
    found.push({ objectKey, storedAt: new Date(storedAt) });
  };
  await mailSweep(stage, enqueue)(new Date(Date.now() + later));
  return found;
}

async function sweptOf(objectKey: string): Promise<Swept> {
  const swept = (await sweep(16 * minute)).find((found) => found.objectKey === objectKey);
  if (!swept) throw new Error("The sweep did not find the mail.");
  return swept;
}

describe("a stored mail whose notice is lost", () => {
  it("is found after a quarter of an hour, not before, and as long as it is there", async () => {
    const tenant = await newTenant(stage);
    const { receipt } = await send(stage, tenant);
    const names = async (later: number) => (await sweep(later)).map(({ objectKey }) => objectKey);
    expect(await names(14 * minute)).toEqual([]);
    expect(await names(16 * minute)).toContain(receipt.action.objectKey);
    expect(await names(16 * minute)).toContain(receipt.action.objectKey);
  });

  it("is queued through the door's own right, and the queue's message says which and since when", async () => {
    const tenant = await newTenant(stage);
    const { receipt } = await send(stage, tenant);
    const found = mailSweep(stage, queueOf(stage, "mail-sweep", "inbound"));
    expect((await found(new Date(Date.now() + 16 * minute))).queued).toBeGreaterThan(0);
    expect((await sweptOf(receipt.action.objectKey)).storedAt.getTime()).toBeGreaterThan(Date.now() - minute);
  });

  it("becomes a report, acknowledged, of a sender whom nobody vouches for", async () => {
    const tenant = await newTenant(stage);
    const { receipt } = await send(stage, tenant);
    await inboundMail(stage)(await sweptOf(receipt.action.objectKey), "request-1");
    const { report } = await onlyRecord(tenant);
    expect(report).toMatchObject({ flags: ["sender-unverified"], acknowledgement: { state: "due" } });
    expect(await objectsIn(stage, "raw", receipt.action.objectKey)).toEqual([]);
  });

  it("answers no forged sender", async () => {
    const tenant = await newTenant(stage);
    const { receipt } = await send(stage, tenant, { fields: ["X-Local-Dmarc: FAIL"] });
    await inboundMail(stage)(await sweptOf(receipt.action.objectKey), "request-1");
    expect((await onlyRecord(tenant)).report.acknowledgement.state).toBe("none");
    expect(await outboxOf(tenant)).toEqual([]);
  });

  it("is one report when the notice was only late: before, after or at the same time", async () => {
    for (const order of ["notice first", "sweep first", "at once"] as const) {
      const tenant = await newTenant(stage);
      const notice = await send(stage, tenant);
      const swept = await sweptOf(notice.receipt.action.objectKey);
      const takeIn = inboundMail(stage);
      const both = order === "notice first" ? [notice, swept] : [swept, notice];
      if (order === "at once") await Promise.allSettled(both.map((one) => takeIn(one, "request-1")));
      for (const one of both) await takeIn(one, "request-2");
      await onlyRecord(tenant);
      expect(await auditOf(tenant)).toHaveLength(1);
    }
  });

  it("waits a day for its notice where it was for two tenants, whom only the notice names", async () => {
    const [one, other] = [await newTenant(stage), await newTenant(stage)];
    const to = [addressOf(one), addressOf(other)];
    const notice = await arrive(stage, compose(), { from: "r@lab.example", to });
    const takeIn = inboundMail(stage, { now: () => new Date() });
    await takeIn(await sweptOf(notice.receipt.action.objectKey), "request-1");
    expect(await objectsIn(stage, "raw", notice.receipt.action.objectKey)).toHaveLength(1);
    await takeIn(notice, "request-2");
    await onlyRecord(one);
    await onlyRecord(other);
  });

  it("is kept for the operator where that notice never comes", async () => {
    const tenant = await newTenant(stage);
    const to = [addressOf(tenant), `copy-${addressOf(tenant)}`];
    const notice = await arrive(stage, compose(), { from: "r@lab.example", to });
    const takeIn = inboundMail(stage, { now: () => new Date(Date.now() + day + minute) });
    await takeIn(await sweptOf(notice.receipt.action.objectKey), "request-1");
    expect(await objectsIn(stage, "raw", notice.receipt.action.objectKey)).toEqual([]);
    expect(await recordsOf(tenant)).toEqual([]);
  });
});
