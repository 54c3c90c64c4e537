import { describe, expect, it } from "vitest";
import { objectsIn } from "#test/stage/arriving-mail.ts";
import { inboundMail, inboundPorts } from "#test/stage/doors.ts";
import { type Death, mortal } from "#test/stage/dying.ts";
import { auditOf, onlyRecord, outboxOf, quarantineOf, recordsOf } from "#test/stage/records.ts";
import { addressOf, send } from "#test/stage/reporter.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();

/** Kills a run at each of its calls in turn, until one lives through; `settle` looks at what is there after each death. */
async function atEachCall(when: Death["when"], once: (death: Death) => Promise<boolean>): Promise<number> {
  for (let at = 1; at < 60; at++) {
    if (!(await once({ at, when }))) return at - 1;
  }
  throw new Error("The run never came to its end.");
}

describe.each(["before", "after"] as const)("a run that dies %s a call", (when) => {
  it("leaves all of a report or nothing, and the next run makes it one", async () => {
    const deaths = await atEachCall(when, async (death) => {
      const tenant = await newTenant(stage);
      const notice = await send(stage, tenant);
      const life = mortal(inboundPorts(stage), death);
      await inboundMail(stage, life.ports)(notice, "request-1").catch(() => undefined);
      const half = { reports: await recordsOf(tenant), audit: await auditOf(tenant), outbox: await outboxOf(tenant) };
      const counts = [half.reports.length, half.audit.length, half.outbox.length];
      expect([
        [0, 0, 0],
        [1, 1, 1],
      ]).toContainEqual(counts);
      const kept = await objectsIn(stage, "raw", notice.receipt.action.objectKey);
      expect(kept.length + half.reports.length).toBeGreaterThan(0);
      await inboundMail(stage)(notice, "request-2");
      const { messages, clocks } = await onlyRecord(tenant);
      expect(messages).toHaveLength(2);
      expect(clocks.acknowledge).toBeDefined();
      expect(await auditOf(tenant)).toHaveLength(1);
      expect(await outboxOf(tenant)).toHaveLength(1);
      expect(await objectsIn(stage, "raw", notice.receipt.action.objectKey)).toEqual([]);
      return life.died();
    });
    expect(deaths).toBeGreaterThan(8);
  });

  it("leaves both tenants of a mail one report each in the end", async () => {
    const deaths = await atEachCall(when, async (death) => {
      const [one, other] = [await newTenant(stage), await newTenant(stage)];
      const notice = await send(stage, one, {}, { to: [addressOf(one), addressOf(other)] });
      const life = mortal(inboundPorts(stage), death);
      await inboundMail(stage, life.ports)(notice, "request-1").catch(() => undefined);
      await inboundMail(stage)(notice, "request-2");
      await onlyRecord(one);
      await onlyRecord(other);
      return life.died();
    });
    expect(deaths).toBeGreaterThan(14);
  });

  it("leaves a quarantined mail one item in the end", async () => {
    await atEachCall(when, async (death) => {
      const tenant = await newTenant(stage);
      const notice = await send(stage, tenant, { fields: ["X-Local-Virus: FAIL"] });
      const life = mortal(inboundPorts(stage), death);
      await inboundMail(stage, life.ports)(notice, "request-1").catch(() => undefined);
      await inboundMail(stage)(notice, "request-2");
      expect(await quarantineOf(tenant)).toHaveLength(1);
      expect(await outboxOf(tenant)).toEqual([]);
      return life.died();
    });
  });
});

describe("a table that refuses for a while", () => {
  it("is asked again when transactions are in conflict", async () => {
    const tenant = await newTenant(stage);
    const notice = await send(stage, tenant);
    let refused = 0;
    stage.faults.table = ({ operation }) =>
      operation === "TransactWriteItems" && refused++ < 4 ? { name: "TransactionCanceledException" } : undefined;
    await inboundMail(stage)(notice, "request-1").finally(() => stage.faults.clear());
    expect(refused).toBe(5);
    await onlyRecord(tenant);
  });

  it("costs the run, not the mail, when the conflict does not end", async () => {
    const tenant = await newTenant(stage);
    const notice = await send(stage, tenant);
    stage.faults.table = ({ operation }) =>
      operation === "TransactWriteItems" ? { name: "TransactionCanceledException" } : undefined;
    await expect(inboundMail(stage)(notice, "request-1")).rejects.toThrow("TransactionConflict");
    stage.faults.clear();
    expect(await recordsOf(tenant)).toEqual([]);
    await inboundMail(stage)(notice, "request-2");
    await onlyRecord(tenant);
  });

  it("costs the run, not the mail, when it does not answer", async () => {
    const tenant = await newTenant(stage);
    const notice = await send(stage, tenant);
    stage.faults.table = () => ({ name: "InternalServerError" });
    await expect(inboundMail(stage)(notice, "request-1")).rejects.toThrow("Internal server error");
    stage.faults.clear();
    await inboundMail(stage)(notice, "request-2");
    await onlyRecord(tenant);
  });

  it("costs the run, not the mail, when KMS is shut off", async () => {
    const tenant = await newTenant(stage);
    const notice = await send(stage, tenant);
    stage.faults.keys = ({ action }) =>
      action === "kms:Encrypt" ? Object.assign(new Error("off"), { name: "DisabledException" }) : undefined;
    await expect(inboundMail(stage)(notice, "request-1")).rejects.toThrow("off");
    stage.faults.clear();
    await inboundMail(stage)(notice, "request-2");
    await onlyRecord(tenant);
  });
});
