import { beforeEach, describe, expect, it } from "vitest";
import { callerLimited } from "#functions/admin-api/request-limits.ts";
import { limits } from "#shared/rate/limits.ts";
import { partitions, sorts } from "#shared/store/keys.ts";
import { useApi } from "#test/stage/api-client.ts";
import type { CheckedApi } from "#test/stage/checked-api.ts";
import { adminApi } from "#test/stage/doors.ts";
import { issuerName } from "#test/stage/issuer.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const api = useApi(stage);
let app: CheckedApi;
let subject: string;
beforeEach(async () => {
  app = adminApi(stage, api.issuer.rules(), api.errors);
  subject = `${(await newTenant(stage)).tenant}-owner`;
  stage.faults.clear();
  api.errors.length = 0;
});

const bucketOf = (name: string) => ({ pk: partitions.rate(name), sk: sorts.rateBucket() });
const mine = () => bucketOf(callerLimited({ kind: "person", issuer: issuerName, subject }, false).name);
const leave = (level: number) =>
  stage.table.write({ put: { ...mine(), level, at: stage.clock.now().getTime(), revision: 1 } });

async function ask(by = app, { method = "GET", path = "/v1/me", from = "192.0.2.1" } = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${await api.issuer.token(subject)}` };
  const event = { requestContext: { http: { sourceIp: from } } };
  return by.request(path, { method, headers }, { event });
}
const post = () => ask(app, { method: "POST", path: `/v1/tenants/${subject.replace("-owner", "")}/random` });

describe("whoever asks too much", () => {
  it("is told to come later and when, in every process, and then may go on", async () => {
    await leave(3);
    for (let n = 0; n < 3; n++) expect((await ask()).status).toBe(200);
    const other = adminApi(stage, api.issuer.rules(), api.errors);
    for (const by of [app, other]) {
      const answer = await ask(by);
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "1"]);
    }
    stage.clock.forward(1_000);
    for (const by of [app, other]) expect((await ask(by)).status).toBe(200);
  });

  it("asks the table once for many requests", async () => {
    let calls = 0;
    stage.faults.table = ({ operation }) => {
      if (operation === "PutItem") calls++;
      return undefined;
    };
    for (let n = 0; n < limits.caller.lease; n++) expect((await ask()).status).toBe(200);
    expect(calls).toBe(2);
  });

  it("has not more for asking at once", async () => {
    await leave(5);
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask()));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(5).fill(200), ...Array(7).fill(429)]);
  });

  it("is known by no address and no name in the table", async () => {
    const stored: string[] = [];
    stage.faults.table = (request) => {
      stored.push(JSON.stringify(request));
      return undefined;
    };
    await ask(app, { from: "198.51.100.23" });
    const item = await stage.table.get(mine());
    expect(item).toMatchObject({ level: limits.caller.capacity - limits.caller.lease });
    expect(`${JSON.stringify(item)}${stored.join("\n")}`).not.toMatch(/198\.51\.100\.23|-owner/);
  });
});

describe("while the buckets can't be reached", () => {
  it("reads go on, and what would change something is refused for a while", async () => {
    stage.faults.table = () => ({ name: "InternalServerError" });
    expect((await ask()).status).toBe(200);
    const answer = await post();
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "30"]);
    stage.faults.clear();
    stage.clock.forward(2_000);
    expect((await post()).status).toBe(200);
  });
});
