import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { scopeOfRefused } from "#shared/access/scope.ts";
import { partitions } from "#shared/store/keys.ts";
import { noteRefusal, type Refusal } from "#shared/store/refusals.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { tableOf } from "#test/stage/doors.ts";
import { auditOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const at = new Date("2026-05-01T10:30:00Z");
const refused = (actor: Refusal["actor"], more: Partial<Refusal> = {}): Refusal => ({
  ...{ at, actor, target: { because: "forbidden" }, request: "request-1", ...more },
});

/** The tenant as the door that refuses sees it. */
function asDoor(tenant: string): TenantScope {
  const scope = scopeOfRefused(tableOf(stage, "admin-api"), tenant);
  if (!scope) throw new Error("This is a tenant's name.");
  return scope;
}
const attemptsIn = async (scope: TenantScope) =>
  (await auditOf(scope)).map(({ target }) => Number((target as { attempts: string }).attempts)).sort((a, b) => a - b);

describe("a refused attempt", () => {
  it("is an event with who, what and when, by the door's own right", async () => {
    const scope = await newTenant(stage);
    await noteRefusal(asDoor(scope.tenant), refused({ member: "ann" }), randomBytes);
    expect(await auditOf(scope)).toMatchObject([
      {
        actor: { member: "ann" },
        action: "request.refused",
        target: { because: "forbidden", attempts: "1" },
        at: at.toISOString(),
        request: "request-1",
      },
    ]);
  });

  it("does not flood the log: a member's in an hour are bounded, and strangers' together", async () => {
    const scope = await newTenant(stage);
    for (let i = 0; i < 45; i++)
      await noteRefusal(asDoor(scope.tenant), refused({ stranger: `s${String(i)}` }), randomBytes);
    const firstTwenty = Array.from({ length: 20 }, (_, i) => i + 1);
    expect(await attemptsIn(scope)).toEqual([...firstTwenty, 40]);
    await noteRefusal(asDoor(scope.tenant), refused({ member: "ann" }), randomBytes);
    const later = new Date(at.getTime() + 3_600_000);
    await noteRefusal(asDoor(scope.tenant), refused({ stranger: "s1" }, { at: later }), randomBytes);
    expect(await attemptsIn(scope)).toEqual([1, 1, ...firstTwenty, 40]);
  });

  it("is counted once each, also when several come at the same moment", async () => {
    const scope = await newTenant(stage);
    const all = Array.from({ length: 3 }, () =>
      noteRefusal(asDoor(scope.tenant), refused({ member: "ann" }), randomBytes),
    );
    await Promise.all(all);
    expect(await attemptsIn(scope)).toEqual([1, 2, 3]);
  });

  it("leaves nothing behind of a tenant that never was, after the same calls", async () => {
    const calls: string[] = [];
    stage.faults.table = ({ operation, calls: of }) =>
      void calls.push(`${operation} ${of.map(({ action }) => action).join()}`);
    await noteRefusal(asDoor((await newTenant(stage)).tenant), refused({ stranger: "zoe" }), randomBytes);
    const forOne = calls.splice(0);
    await noteRefusal(asDoor("never-was"), refused({ stranger: "zoe" }), randomBytes);
    expect([forOne.length, calls]).toEqual([2, forOne]);
    stage.faults.clear();
    const ghost = asDoor("never-was").tenant;
    for (const partition of [partitions.audit(ghost), partitions.refusals(ghost)])
      expect((await stage.table.list({ partition })).items).toEqual([]);
  });
});
