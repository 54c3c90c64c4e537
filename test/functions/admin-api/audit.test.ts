import { beforeAll, describe, expect, it } from "vitest";
import { auditActions } from "#shared/audit/action.ts";
import { strangerName } from "#shared/audit/stranger.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { useApi } from "#test/stage/api-client.ts";
import { writeEvents } from "#test/stage/audit-events.ts";
import { notary } from "#test/stage/doors.ts";
import { issuerName } from "#test/stage/issuer.ts";
import { auditOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const api = useApi(stage);

interface Event {
  readonly id: string;
  readonly at: string;
  readonly index?: number;
  readonly actor: object;
  readonly action: string;
  readonly target: Readonly<Record<string, string>>;
  readonly request: string;
}

async function eventsOf(scope: TenantScope, query = ""): Promise<{ items: readonly Event[]; cursor?: string }> {
  const answer = await api.get(scope, `audit${query}`, { role: "owner" });
  expect([query, answer.status]).toEqual([query, 200]);
  return (await answer.json()) as { items: readonly Event[]; cursor?: string };
}

describe("a tenant's audit log", () => {
  let scope: TenantScope;
  beforeAll(async () => {
    scope = await newTenant(stage);
    const first = await writeEvents(scope, 30, new Date("2026-05-01T12:00:00Z"));
    await notary(stage).inserted(first, "request-n");
    await writeEvents(scope, 5, new Date("2026-05-02T12:00:00Z"));
  });

  it("is read newest first, page by page, each event with its place in the log once it has one", async () => {
    const first = await eventsOf(scope, "?limit=10");
    const rest = await eventsOf(scope, `?limit=100&cursor=${first.cursor ?? ""}`);
    const all = [...first.items, ...rest.items];
    expect([first.items.length, all.length, rest.cursor]).toEqual([10, 35, undefined]);
    expect(all.map(({ at }) => at)).toEqual(
      all
        .map(({ at }) => at)
        .toSorted()
        .reverse(),
    );
    expect(all.slice(0, 5).map(({ index }) => index)).toEqual(Array(5).fill(undefined));
    const places = all.slice(5).map(({ index }) => index ?? -1);
    expect(places.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(Object.keys(all[5] ?? {}).sort()).toEqual(["action", "actor", "at", "id", "index", "request", "target"]);
  });

  it.each([
    ["?from=2026-05-02T00:00:00Z", 5],
    ["?to=2026-05-02T00:00:00Z", 30],
    ["?from=2026-05-01T13:00:00%2B01:00&to=2026-05-01T12:00:01Z", 30],
    ["?target=3", 2],
    ["?action=report.", 35],
    ["?action=key.", 0],
    ["?actor=test&request=request-1", 35],
  ])("is filtered by %s", async (query, count) => {
    expect((await eventsOf(scope, `${query}${query === "" ? "?" : "&"}limit=100`)).items).toHaveLength(count);
  });

  it.each(["?from=yesterday", "?limit=0", "?limit=101", "?unknown=1", "?actor=", "?actor=a&actor=b"])(
    "says what is wrong with %s",
    async (query) => {
      expect((await api.get(scope, `audit${query}`, { role: "owner" })).status).toBe(422);
    },
  );

  it("is for owners", async () => {
    for (const path of ["audit", "audit/export"])
      for (const role of ["operator", "viewer"] as const)
        expect((await api.get(scope, path, { role })).status).toBe(403);
    expect(api.errors).toEqual([]);
  });

  it("has every action, and what it says, in the API's document", async () => {
    const document = await (await api.ask("/openapi.json")).text();
    for (const action of Object.keys(auditActions)) expect(document).toContain(`\`${action}\``);
  });
});

describe("a refused attempt", () => {
  it("of a member is in the log, with what was tried in the API's own words", async () => {
    const scope = await newTenant(stage);
    const answer = await api.get(scope, "reports/a-secret-that-was-pasted/messages", { role: "viewer" });
    const { request } = (await answer.json()) as { request: string };
    const [event, ...others] = await auditOf(scope);
    expect(answer.status).toBe(403);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ action: "request.refused", request, actor: { member: expect.any(String) } });
    const operation = "GET /reports/{report}/messages";
    expect(event?.["target"]).toEqual({ because: "forbidden", operation, attempts: "1" });
  });

  it("of somebody who is nothing to the tenant is in its log, and the answer is the one of a tenant that never was", async () => {
    const [scope, other] = [await newTenant(stage), await newTenant(stage)];
    const token = `Bearer ${await api.issuer.token(`${other.tenant}-owner`)}`;
    const ask = async (tenant: string) => {
      const answer = await api.ask(`/v1/tenants/${tenant}/reports`, token);
      const { request, ...problem } = (await answer.json()) as { request: string };
      const headers = [...answer.headers].filter(([name]) => name !== "date");
      return { status: answer.status, problem, headers };
    };
    const calls: string[] = [];
    stage.faults.table = ({ calls: of }) => void calls.push(of.map(({ action }) => action).join());
    const refused = await ask(scope.tenant);
    const forOne = calls.splice(0);
    expect(await ask("never-was")).toEqual(refused);
    expect(calls).toEqual(forOne);
    stage.faults.clear();
    const [event, ...others] = await auditOf(scope);
    expect([refused.status, others]).toEqual([404, []]);
    expect(event).toMatchObject({
      action: "request.refused",
      actor: { stranger: strangerName(scope.tenant, { issuer: issuerName, subject: `${other.tenant}-owner` }) },
      target: { because: "not-found", operation: "GET /reports", attempts: "1" },
    });
    expect(await auditOf(other)).toEqual([]);
  });

  it("is refused all the same when the log can't be told, and the operator hears of it", async () => {
    const scope = await newTenant(stage);
    stage.faults.table = ({ calls }) =>
      calls.some(({ keys }) => keys.some((key) => key.startsWith("REFUSED#")))
        ? { name: "InternalServerError" }
        : undefined;
    const answer = await api.get(scope, "keys", { role: "viewer", method: "POST" });
    stage.faults.clear();
    expect([answer.status, api.errors.splice(0).length]).toEqual([403, 1]);
  });

  it("is not what a member asks for in vain", async () => {
    const scope = await newTenant(stage);
    for (const path of ["reports/aaaaaaaaaaaaaaaaaaaaaaaaaa", "nothing", "keys/never-was"])
      expect((await api.get(scope, path)).status).toBe(404);
    expect((await api.ask(`/v1/tenants/${scope.tenant}/reports`)).status).toBe(401);
    expect(await auditOf(scope)).toEqual([]);
  });
});
