import { describe, expect, it } from "vitest";
import { newSender } from "#test/stage/composed-mail.ts";
import { inboundMail } from "#test/stage/doors.ts";
import { day } from "#test/stage/movable-clock.ts";
import { onlyRecord, outboxOf, recordsOf } from "#test/stage/records.ts";
import { report, send } from "#test/stage/reporter.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();

describe("an automatic mail becomes a report and gets no answer", () => {
  const cases: readonly [string, readonly string[], string, string][] = [
    ["an out-of-office reply", ["Auto-Submitted: auto-replied"], "auto-reply", "auto-submitted"],
    ["a list mail", ["List-Id: <bugs.lab.example>"], "list", "list"],
    ["a bulk mail", ["Precedence: bulk"], "list", "precedence"],
    ["a mail of our own that came back", ["X-Candor-Loop: 1"], "auto-reply", "own-loop-header"],
  ];
  it.each(cases)("%s", async (_, fields, kind, reason) => {
    const tenant = await newTenant(stage);
    await report(stage, tenant, { fields });
    const { report: found, messages, clocks } = await onlyRecord(tenant);
    expect(messages.map((message) => message.kind)).toEqual([kind]);
    expect(found).toMatchObject({ flags: ["automatic"], acknowledgement: { state: "none", reason }, messages: 1 });
    expect(clocks).toEqual({});
    expect(await outboxOf(tenant)).toEqual([]);
  });

  it("a mail with the null sender", async () => {
    const tenant = await newTenant(stage);
    await report(stage, tenant, {}, { from: "" });
    expect((await onlyRecord(tenant)).report.acknowledgement).toEqual({ state: "none", reason: "null-sender" });
  });
});

describe("a mail that gets no answer but is a report like any other", () => {
  it("a forged sender's", async () => {
    const tenant = await newTenant(stage);
    await report(stage, tenant, { fields: ["X-Local-Dmarc: FAIL", "X-Local-Dmarc-Policy: reject"] });
    const { report: found, clocks } = await onlyRecord(tenant);
    expect(found).toMatchObject({
      flags: ["sender-failed", "sender-unverified"].sort(),
      acknowledgement: { state: "none", reason: "forged-sender" },
    });
    expect(clocks.acknowledge).toBeDefined();
    expect(await outboxOf(tenant)).toEqual([]);
  });

  it("one that comes from the tenant's own address", async () => {
    const tenant = await newTenant(stage);
    await report(stage, tenant, { from: `security@${tenant.tenant}.example` });
    expect(await outboxOf(tenant)).toEqual([]);
    expect((await onlyRecord(tenant)).report.acknowledgement).toEqual({ state: "none", reason: "own-address" });
  });

  it("one without a sender's address", async () => {
    const tenant = await newTenant(stage);
    await report(stage, tenant, { from: "" }, { from: "someone@lab.example" });
    expect((await onlyRecord(tenant)).report.acknowledgement.state).toBe("none");
  });
});

describe("what one sender gets in a day", () => {
  it("is three acknowledgements, and one digest of the rest after the day has ended", async () => {
    const tenant = await newTenant(stage);
    const from = newSender();
    for (let mail = 0; mail < 5; mail++) await report(stage, tenant, { from });
    const records = await recordsOf(tenant);
    const told = records.map((record) => record.report.acknowledgement.state);
    expect(told.sort()).toEqual(["digest", "digest", "due", "due", "due"]);
    const items = await outboxOf(tenant);
    expect(items.map(({ kind }) => kind).sort()).toEqual([
      ...Array(3).fill("acknowledgement"),
      "acknowledgement-digest",
    ]);
    const digest = items.find(({ kind }) => kind === "acknowledgement-digest");
    const numbers = records.filter((r) => r.report.acknowledgement.state === "digest").map((r) => r.report.number);
    expect(digest?.["numbers"]).toEqual(new Set(numbers));
    expect(digest?.["notBefore"]).toBe(
      `${new Date(stage.clock.now().getTime() + day).toISOString().slice(0, 10)}T00:00:00.000Z`,
    );
  });

  it("is the same when all come at once", async () => {
    const tenant = await newTenant(stage);
    const from = newSender();
    await report(stage, tenant, { from: newSender() });
    const notices = await Promise.all(Array.from({ length: 6 }, () => send(stage, tenant, { from })));
    await Promise.all(notices.map((notice) => inboundMail(stage)(notice, "request-1")));
    const told = (await recordsOf(tenant)).map((record) => record.report.acknowledgement.state);
    expect(told.sort()).toEqual([...Array(3).fill("digest"), ...Array(4).fill("due")]);
  });

  it("starts afresh the next day, and for another sender", async () => {
    const tenant = await newTenant(stage);
    const from = newSender();
    for (let mail = 0; mail < 4; mail++) await report(stage, tenant, { from });
    stage.clock.forward(day);
    await report(stage, tenant, { from });
    await report(stage, tenant);
    const told = (await recordsOf(tenant)).map((record) => record.report.acknowledgement.state);
    expect(told.sort()).toEqual(["digest", ...Array(5).fill("due")]);
  });
});
