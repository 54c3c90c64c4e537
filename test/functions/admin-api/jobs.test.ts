import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { type Job, newJob, newJobId, taken } from "#shared/job/job.ts";
import { newJobWrite } from "#shared/store/jobs.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { useApi } from "#test/stage/api-client.ts";
import { jobs } from "#test/stage/doors.ts";
import { hour, minute } from "#test/stage/movable-clock.ts";
import { auditOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";
import { keyClient } from "./key-client.ts";

const stage = useStage();
const api = useApi(stage);
const ask = keyClient(stage, api);
let tenant: TenantScope;
beforeEach(async () => {
  tenant = await newTenant(stage);
});

/** A job as it stands in the table. */
async function stored(change: (job: Job) => Job = (job) => job): Promise<Job> {
  stage.clock.forward(1);
  const id = newJobId(stage.clock.now(), randomBytes);
  const notBefore = new Date(stage.clock.now().getTime() + hour);
  const job = change(newJob({ id, kind: "key-rotation", input: { key: "k" }, notBefore }, stage.clock.now()));
  await tenant.table.write(newJobWrite(tenant, job));
  return job;
}
const running = (job: Job) => taken(job, "run-1", stage.clock.now());
const actions = async () => (await auditOf(tenant)).map(({ action }) => action);

describe("jobs", () => {
  it("are listed, the newest first, and shown without what they were given", async () => {
    const made = [await stored(), await stored(), await stored()];
    const first = await ask(tenant, "jobs?limit=2", undefined, { role: "viewer" });
    const ids = (items: { id: string }[]) => items.map(({ id }) => id);
    expect(ids(first.body.items)).toEqual([made[2]?.id, made[1]?.id]);
    const second = await ask(tenant, `jobs?limit=2&cursor=${first.body.cursor}`);
    expect([ids(second.body.items), second.body.cursor]).toEqual([[made[0]?.id], undefined]);
    const { body } = await ask(tenant, `jobs/${made[0]?.id}`);
    expect(body).toMatchObject({ kind: "key-rotation", state: "queued", progress: { done: 0, failed: 0 } });
    expect(JSON.stringify(body)).not.toContain("input");
    expect(body.notBefore).toBe(made[0]?.notBefore);
  });

  it("of another tenant are as if they never were", async () => {
    const job = await stored();
    const other = await newTenant(stage);
    for (const id of [job.id, "20261125140612345-abc", "x", "%2e%2e"]) {
      expect((await ask(other, `jobs/${id}`)).status).toBe(404);
      expect((await ask(other, `jobs/${id}/cancel`, {})).status).toBe(404);
    }
  });

  it("that have not begun are cancelled at once", async () => {
    const job = await stored();
    expect((await ask(tenant, `jobs/${job.id}/cancel`, {}, { role: "operator" })).status).toBe(403);
    expect(await ask(tenant, `jobs/${job.id}/cancel`, {})).toMatchObject({ status: 200, body: { state: "cancelled" } });
    expect((await ask(tenant, `jobs/${job.id}/cancel`, {})).status).toBe(409);
    expect((await actions()).sort()).toEqual(["job.cancelled", "request.refused"]);
    await jobs(stage).work({ tenant: tenant.tenant, id: job.id }, "r", stage.clock.now());
    expect((await ask(tenant, `jobs/${job.id}`)).body.state).toBe("cancelled");
  });

  it("that run are asked to end, and end by the next one who works on them", async () => {
    const job = await stored(running);
    const answer = await ask(tenant, `jobs/${job.id}/cancel`, {});
    expect([answer.status, answer.body.state, answer.body.cancelAskedAt]).toEqual([
      ...[202, "running", stage.clock.now().toISOString()],
    ]);
    const queued: { id: string }[] = [];
    const door = jobs(stage, { enqueue: async (message) => void queued.push(message as { id: string }) });
    await door.scheduled(stage.clock.now());
    expect(queued.map(({ id }) => id)).toContain(job.id);
    const work = { tenant: tenant.tenant, id: job.id };
    await door.work(work, "request-j", stage.clock.now());
    expect((await ask(tenant, `jobs/${job.id}`)).body.state).toBe("running");
    stage.clock.forward(3 * minute);
    await door.work(work, "request-j", stage.clock.now());
    expect((await ask(tenant, `jobs/${job.id}`)).body).toMatchObject({ state: "cancelled" });
    expect((await actions()).sort()).toEqual(["job.cancel-asked", "job.cancelled"]);
  });
});
