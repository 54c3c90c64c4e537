import { KMSClient, ListResourceTagsCommand } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hostClient } from "#infra/local/storage/host-client.ts";
import { listJobs } from "#shared/store/jobs.ts";
import { newNamedKey, readNamedKey } from "#shared/store/named-keys.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { newKey } from "#shared/transit/key.ts";
import { jobs, jobsPorts } from "#test/stage/doors.ts";
import { type Death, mortal } from "#test/stage/dying.ts";
import { day, minute } from "#test/stage/movable-clock.ts";
import { runDue } from "#test/stage/queued-jobs.ts";
import { auditOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
let tenant: TenantScope;
let host: KMSClient;
beforeAll(() => {
  host = new KMSClient(hostClient(stage.kms.url));
});
afterAll(() => host.destroy());
beforeEach(async () => {
  tenant = await newTenant(stage);
});

/** A key that is to be rotated every 30 days, on KMS keys of the tenant's own. */
async function keyWithPeriod(
  name: string,
  { purpose = "encryption", madeAt = stage.clock.now() }: { purpose?: "encryption" | "signing"; madeAt?: Date } = {},
): Promise<void> {
  const version = { origin: "tenant", kmsKey: "arn:aws:kms:us-east-1:000000000000:key/first" } as const;
  await tenant.table.write(newNamedKey(tenant, newKey({ name, purpose, rotateEvery: "P30D" }, version, madeAt)));
}

const versionsOf = async (name: string) => (await readNamedKey(tenant, name))?.versions ?? [];
const actions = async () => (await auditOf(tenant)).map(({ action }) => action).sort();
const keysMade = (): number => stage.kms.calls["CreateKey"] ?? 0;

describe("rotation by period", () => {
  it("gives a key its next version, as the tenant, when its time has come and not before", async () => {
    await keyWithPeriod("payments");
    stage.clock.forward(30 * day - 1);
    await runDue(stage, tenant);
    expect(await versionsOf("payments")).toHaveLength(1);
    stage.clock.forward(1);
    await runDue(stage, tenant);
    const [, second] = await versionsOf("payments");
    expect(second).toMatchObject({ version: 2, origin: "tenant", createdAt: stage.clock.now().toISOString() });
    const tags = await host.send(new ListResourceTagsCommand({ KeyId: second?.kmsKey }));
    expect(tags.Tags).toEqual([{ TagKey: "tenant", TagValue: tenant.tenant }]);
    expect((await readNamedKey(tenant, "payments"))?.rotateAt).toBe(
      new Date(stage.clock.now().getTime() + 30 * day).toISOString(),
    );
    expect(await actions()).toEqual(["job.done", "key.rotated"]);
    const { jobs: found } = await listJobs(tenant, { limit: 10 });
    expect(found).toMatchObject([{ kind: "key-rotation", state: "done", result: { version: 2 } }]);
  });

  it("happens once, however often and however late it is run", async () => {
    await keyWithPeriod("payments");
    await keyWithPeriod("releases", { purpose: "signing" });
    const before = keysMade();
    stage.clock.forward(400 * day);
    await Promise.all([runDue(stage, tenant), runDue(stage, tenant), runDue(stage, tenant)]);
    for (const name of ["payments", "releases"]) expect(await versionsOf(name)).toHaveLength(2);
    expect((await versionsOf("releases"))[1]?.spki).toBeInstanceOf(Uint8Array);
    await runDue(stage, tenant);
    expect(keysMade() - before).toBe(2);
    expect(await actions()).toEqual(["job.done", "job.done", "key.rotated", "key.rotated"]);
  });

  it("happens once wherever a run is killed, and wastes at most the KMS key that it had just made", async () => {
    let calls = 0;
    for (let died = true; died; calls++) {
      tenant = await newTenant(stage);
      await keyWithPeriod("payments", { madeAt: new Date(stage.clock.now().getTime() - 30 * day) });
      const before = keysMade();
      died = await runDying({ at: calls + 1, when: "after" });
      stage.clock.forward(3 * minute);
      await runDue(stage, tenant);
      expect([calls, (await versionsOf("payments")).length]).toEqual([calls, 2]);
      expect(keysMade() - before).toBeLessThanOrEqual(2);
      expect(await actions()).toEqual(["job.done", "key.rotated"]);
    }
    expect(calls).toBeGreaterThan(7);
  }, 120_000);

  it("leaves alone what an owner rotated meanwhile", async () => {
    await keyWithPeriod("payments");
    stage.clock.forward(30 * day);
    await jobs(stage).scheduled(stage.clock.now());
    const key = await readNamedKey(tenant, "payments");
    if (!key) throw new Error("The key is gone.");
    const { rotateEvery: _, rotateAt: __, ...rest } = key;
    await tenant.table.write({
      update: { pk: `KEY#${tenant.tenant}#`, sk: "payments" },
      remove: ["rotateAt", "rotateEvery", "dueKey", "dueAt"],
    });
    await runDue(stage, tenant);
    expect(await versionsOf("payments")).toEqual(rest.versions);
    expect((await listJobs(tenant, { limit: 1 })).jobs).toMatchObject([{ state: "done", progress: { done: 0 } }]);
  });
});

/** A run that is killed in its work for this tenant; whether it got so far. */
async function runDying(death: Death): Promise<boolean> {
  const { asTenant } = jobsPorts(stage);
  const { ports, died } = mortal(await asTenant(tenant.tenant), death);
  await runDue(stage, tenant, { asTenant: async (of) => (of === tenant.tenant ? ports : asTenant(of)) }).catch(
    () => undefined,
  );
  return died();
}
