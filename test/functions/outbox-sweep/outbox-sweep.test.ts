import { expect, it } from "vitest";
import { readOutboxItem } from "#shared/store/outbox.ts";
import type { Table } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { claimItem } from "#test/stage/claimed-item.ts";
import { newSender } from "#test/stage/composed-mail.ts";
import { outbox, outboxSweep, queueOf, tableOf } from "#test/stage/doors.ts";
import { day, minute } from "#test/stage/movable-clock.ts";
import { report } from "#test/stage/reporter.ts";
import { deliverAll, mailsTo, outboxIds } from "#test/stage/sent-mail.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();

interface Work {
  readonly tenant: string;
  readonly id: string;
  readonly at: string;
}

/** What a sweep queues of one tenant's items, and how many index entries it read in all. */
async function sweep(tenant: TenantScope): Promise<{ found: Work[]; all: number; read: number }> {
  const queued: Work[] = [];
  let read = 0;
  const table = tableOf(stage, "outbox-sweep");
  const counting: Table = {
    ...table,
    async listIndex(question) {
      const page = await table.listIndex(question);
      read += page.items.length;
      return page;
    },
  };
  await outboxSweep(stage, async (message) => void queued.push(message as Work), counting)();
  return { found: queued.filter((work) => work.tenant === tenant.tenant), all: queued.length, read };
}

it("finds an item that the stream forgot, after two minutes and not before", async () => {
  const tenant = await newTenant(stage);
  await report(stage, tenant);
  const [id = ""] = await outboxIds(tenant);
  stage.clock.forward(2 * minute - 1);
  expect((await sweep(tenant)).found).toEqual([]);
  stage.clock.forward(1);
  expect((await sweep(tenant)).found).toEqual([{ tenant: tenant.tenant, id, at: stage.clock.now().toISOString() }]);
});

it("finds nothing that was sent, failed, or waits for a later moment", async () => {
  const tenant = await newTenant(stage);
  for (let mail = 0; mail < 3; mail++) await report(stage, tenant);
  const [sent = "", failed = "", throttled = ""] = await outboxIds(tenant);
  const deliver = (id: string) => outbox(stage)({ tenant: tenant.tenant, id }, "request-1");
  await deliver(sent);
  stage.faults.mail = () => ({ code: "MessageRejected", message: "no" });
  await deliver(failed);
  stage.clock.forward(day);
  stage.faults.mail = () => ({ code: "Throttling", message: "slower" });
  await deliver(throttled);
  stage.faults.clear();
  expect((await sweep(tenant)).found).toEqual([]);
  stage.clock.forward(minute);
  expect((await sweep(tenant)).found.map(({ id }) => id)).toEqual([throttled]);
});

it("finds a claim that ran out after five minutes", async () => {
  const tenant = await newTenant(stage);
  await report(stage, tenant);
  const [id = ""] = await outboxIds(tenant);
  const item = await readOutboxItem(tenant, id);
  if (item) await claimItem(tenant, item, stage.clock.now());
  stage.clock.forward(5 * minute - 1);
  expect((await sweep(tenant)).found).toEqual([]);
  stage.clock.forward(1);
  expect((await sweep(tenant)).found.map((work) => work.id)).toEqual([id]);
});

it("finds a digest when its day has ended, and the outbox then sends it", async () => {
  const tenant = await newTenant(stage);
  const from = newSender();
  for (let mail = 0; mail < 4; mail++) await report(stage, tenant, { from });
  await deliverAll(stage, tenant);
  expect((await sweep(tenant)).found).toEqual([]);
  stage.clock.forward(day);
  const [work, ...others] = (await sweep(tenant)).found;
  expect(others).toEqual([]);
  if (work) await outbox(stage)({ ...work, at: new Date(work.at) }, "request-1");
  expect(mailsTo(stage, from)).toHaveLength(4);
});

it("reads no entry that is not due", async () => {
  const tenant = await newTenant(stage);
  for (let mail = 0; mail < 12; mail++) await report(stage, tenant);
  stage.clock.forward(2 * minute);
  for (let mail = 0; mail < 12; mail++) await report(stage, tenant);
  const { found, all, read } = await sweep(tenant);
  expect(found).toHaveLength(12);
  expect(read / all).toBeLessThanOrEqual(1.05);
});

it("queues through the door's own right", async () => {
  const tenant = await newTenant(stage);
  await report(stage, tenant);
  stage.clock.forward(2 * minute);
  expect((await outboxSweep(stage, queueOf(stage, "outbox-sweep", "outbox"))()).queued).toBeGreaterThan(0);
});
