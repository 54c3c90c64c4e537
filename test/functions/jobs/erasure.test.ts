import { beforeEach, describe, expect, it } from "vitest";
import { partitions } from "#shared/store/keys.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { keyClient } from "#test/functions/admin-api/key-client.ts";
import { useApi } from "#test/stage/api-client.ts";
import { objectsIn } from "#test/stage/arriving-mail.ts";
import { newSender } from "#test/stage/composed-mail.ts";
import { jobsPorts } from "#test/stage/doors.ts";
import { mortal } from "#test/stage/dying.ts";
import { minute } from "#test/stage/movable-clock.ts";
import { runDue } from "#test/stage/queued-jobs.ts";
import { auditOf, outboxOf, recordsOf } from "#test/stage/records.ts";
import { report } from "#test/stage/reporter.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const api = useApi(stage);
const ask = keyClient(stage, api);
let tenant: TenantScope;
let person: string;

beforeEach(async () => {
  tenant = await newTenant(stage);
  person = newSender();
  await report(stage, tenant, {
    from: person,
    subject: "mine",
    attachments: [{ name: "a", bytes: Buffer.alloc(50_000) }],
  });
  await report(stage, tenant, { subject: "another's" });
});

async function erase(given: object = {}, run = () => runDue(stage, tenant)) {
  const { status, body } = await ask(tenant, "erasure", { person: { address: person.toUpperCase() }, ...given });
  expect(status).toBe(202);
  await run();
  return (await ask(tenant, `jobs/${body.id}`)).body;
}

async function expectGone(): Promise<void> {
  const records = await recordsOf(tenant);
  expect(records.map(({ messages }) => messages.length).sort()).toEqual([0, 2]);
  const gone = records.find(({ messages }) => messages.length === 0)?.report.id ?? "";
  const { items } = await tenant.table.list({ partition: partitions.report(tenant.tenant, gone) });
  expect(items.map(({ sk }) => sk)).toEqual(["REPORT"]);
  expect(await objectsIn(stage, "sealed", `${tenant.tenant}/reports/${gone}/`)).toEqual([]);
  expect((await outboxOf(tenant)).map(({ report: of }) => of)).not.toContain(gone);
  expect((await tenant.table.list({ partition: partitions.erasures(tenant.tenant) })).items).toHaveLength(1);
}

describe("erasing a person's data", () => {
  it("takes their conversations away with the keys, and leaves those of others", async () => {
    const job = await erase();
    const result = { dryRun: false, reports: 1, conversations: 1, lastBackupEndsOn: "2026-12-24" };
    expect(job).toMatchObject({ state: "done", result });
    await expectGone();
    expect((await auditOf(tenant)).map(({ action }) => action)).toEqual(
      expect.arrayContaining(["job.asked", "report.searched", "report.erased", "job.done"]),
    );
  });

  it("forgets whom it was about", async () => {
    await erase();
    const { items } = await tenant.table.list({ partition: partitions.jobs(tenant.tenant) });
    expect(JSON.stringify([items, await auditOf(tenant)]).toLowerCase()).not.toContain(person.toLowerCase());
  });

  it("only counts when it is asked to", async () => {
    expect(await erase({ dryRun: true })).toMatchObject({ result: { dryRun: true, reports: 1, conversations: 1 } });
    expect((await recordsOf(tenant)).map(({ messages }) => messages.length)).toEqual([2, 2]);
  });

  it.each([6, 9, 12, 14, 16, 18, 20])("is complete in the end when a run is killed at its call %i", async (at) => {
    const { asTenant } = jobsPorts(stage);
    const job = await erase({}, async () => {
      const { ports } = mortal(await asTenant(tenant.tenant), { at, when: "after" });
      await runDue(stage, tenant, { asTenant: async () => ports }).catch(() => undefined);
      stage.clock.forward(3 * minute);
      await runDue(stage, tenant);
    });
    expect(job).toMatchObject({ state: "done", result: { reports: 1, conversations: 1 } });
    await expectGone();
  });

  it("is for owners, and for addresses", async () => {
    expect((await ask(tenant, "erasure", { person: { address: person } }, { role: "operator" })).status).toBe(403);
    expect((await ask(tenant, "erasure", { person: { address: "no address" } })).status).toBe(422);
  });
});
