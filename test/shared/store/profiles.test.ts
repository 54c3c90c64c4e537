import { describe, expect, it } from "vitest";
import { changedProfile, deletedProfile, dueDeletions, readProfile } from "#shared/store/profiles.ts";
import { GuardFailed } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { active, closing, type Standing } from "#shared/tenant/standing.ts";
import type { TenantProfile } from "#shared/tenant/tenant.ts";
import { day } from "#test/stage/movable-clock.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const now = (): Date => stage.clock.now();

async function profileOf(scope: TenantScope): Promise<TenantProfile> {
  const profile = await readProfile(scope);
  if (!profile) throw new Error("There is no such tenant.");
  return profile;
}

async function change(scope: TenantScope, standingFrom: (before: Standing) => Standing): Promise<void> {
  const before = await profileOf(scope);
  const after = { ...before, standing: standingFrom(before.standing), version: before.version + 1 };
  await stage.table.write(changedProfile(scope, before, after));
}

describe("a tenant's profile", () => {
  it("is changed by one of two who read the same", async () => {
    const scope = await newTenant(stage);
    const before = await profileOf(scope);
    const renamed = (name: string) =>
      stage.table.write(changedProfile(scope, before, { ...before, name, version: before.version + 1 }));
    const outcomes = await Promise.allSettled([renamed("One"), renamed("Other")]);
    const refused = outcomes.filter(({ status }) => status === "rejected");
    expect(refused).toEqual([{ status: "rejected", reason: expect.any(GuardFailed) }]);
    expect((await profileOf(scope)).version).toBe(before.version + 1);
  });
});

describe("a tenant that is about to be deleted", () => {
  it("is found when its time is over, and not before, nor once that was taken back", async () => {
    const [leaving, staying] = [await newTenant(stage), await newTenant(stage)];
    for (const scope of [leaving, staying]) await change(scope, (before) => closing(before, now()));
    await change(staying, (before) => active(before, now()));
    const dueAt = async (days: number) => dueDeletions(stage.table, new Date(now().getTime() + days * day), 100);
    expect(await dueAt(29.9)).not.toContain(leaving.tenant);
    expect(await dueAt(30)).toContain(leaving.tenant);
    expect(await dueAt(30)).not.toContain(staying.tenant);
  });

  it("is its slug alone once it is deleted, is found no more, and is not deleted a moment too early", async () => {
    const scope = await newTenant(stage);
    await change(scope, (before) => closing(before, now()));
    const before = await profileOf(scope);
    expect(() => deletedProfile(scope, before, now())).toThrow(RangeError);
    const then = new Date(now().getTime() + 30 * day);
    await stage.table.write(deletedProfile(scope, before, then));
    expect(await profileOf(scope)).toMatchObject({ slug: scope.tenant, name: scope.tenant, contacts: [] });
    expect(await dueDeletions(stage.table, then, 100)).not.toContain(scope.tenant);
  });

  it("that was taken back is not deleted by who read it before", async () => {
    const scope = await newTenant(stage);
    await change(scope, (before) => closing(before, now()));
    const read = await profileOf(scope);
    await change(scope, (before) => active(before, now()));
    const then = new Date(now().getTime() + 30 * day);
    await expect(stage.table.write(deletedProfile(scope, read, then))).rejects.toThrow(GuardFailed);
  });
});
