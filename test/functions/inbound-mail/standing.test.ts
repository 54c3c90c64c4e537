import { describe, expect, it } from "vitest";
import type { Standing } from "#shared/tenant/standing.ts";
import { newSender } from "#test/stage/composed-mail.ts";
import { onlyRecord, recordsOf, unroutedOn } from "#test/stage/records.ts";
import { report } from "#test/stage/reporter.ts";
import { deliverAll, mailsTo } from "#test/stage/sent-mail.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const since = "2026-11-01T00:00:00.000Z";

describe.each<Standing>([
  { state: "suspended", reason: "unpaid", since },
  { state: "closing", since, until: "2026-12-01T00:00:00.000Z" },
])("mail for a tenant that is $state", (standing) => {
  it("is taken in, kept and acknowledged like any other", async () => {
    const tenant = await newTenant(stage, { standing });
    const from = newSender();
    await report(stage, tenant, { from });
    const { report: kept, messages } = await onlyRecord(tenant);
    expect([kept.state, messages[0]?.kind]).toEqual(["new", "message"]);
    await deliverAll(stage, tenant);
    expect(mailsTo(stage, from)).toHaveLength(1);
  });
});

describe("mail for a deleted tenant", () => {
  it("is nobody's, at its host and at the address that it had", async () => {
    const tenant = await newTenant(stage, { standing: { state: "closed", since } });
    const before = (await unroutedOn(tenant, "2026-11-18")).length;
    await report(stage, tenant);
    expect(await recordsOf(tenant)).toEqual([]);
    expect(await unroutedOn(tenant, "2026-11-18")).toHaveLength(before + 1);
  });
});
