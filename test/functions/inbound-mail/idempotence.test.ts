import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { SesReceipt } from "#shared/mail/ses-receipt.ts";
import { arrive } from "#test/stage/arriving-mail.ts";
import { compose, newSender } from "#test/stage/composed-mail.ts";
import { inboundMail } from "#test/stage/doors.ts";
import { auditOf, outboxOf, quarantineOf, recordsOf } from "#test/stage/records.ts";
import { addressOf } from "#test/stage/reporter.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();

/** Two mails of one person, one of them also as a second copy, and one with a virus: four notices. */
async function storm() {
  const tenant = await newTenant(stage);
  const from = newSender();
  const envelope = { from, to: [addressOf(tenant)] };
  const twice = compose({ from, text: "one" });
  const mails = [twice, twice, compose({ from, text: "two" }), compose({ from, fields: ["X-Local-Virus: FAIL"] })];
  const notices: SesReceipt[] = [];
  for (const mail of mails) notices.push(await arrive(stage, mail, envelope));
  return { tenant, notices };
}

it("comes to the same records in whatever order, and however often and closely, notices are delivered", async () => {
  const order = fc.array(fc.record({ notice: fc.nat({ max: 3 }), alone: fc.boolean() }), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(order, async (deliveries) => {
      const { tenant, notices } = await storm();
      const takeIn = inboundMail(stage);
      const run = (at: number) => {
        const notice = notices[at];
        return notice ? takeIn(notice, "request-1").catch(() => undefined) : undefined;
      };
      const underWay: (Promise<void> | undefined)[] = [];
      for (const { notice, alone } of deliveries) {
        const running = run(notice);
        underWay.push(running);
        if (alone) await running;
      }
      await Promise.all(underWay);
      // A queue goes on until each has been handled once without an error.
      for (const at of notices.keys()) await takeIn(notices[at] as SesReceipt, "request-2");
      expect(await recordsOf(tenant)).toHaveLength(2);
      expect(await outboxOf(tenant)).toHaveLength(2);
      expect(await quarantineOf(tenant)).toHaveLength(1);
      expect((await auditOf(tenant)).map(({ action }) => action).sort()).toEqual([
        "mail.duplicate",
        "mail.quarantined",
        "report.received",
        "report.received",
      ]);
    }),
    { numRuns: 12 },
  );
});
