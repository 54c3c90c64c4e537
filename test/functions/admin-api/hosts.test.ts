import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useApi } from "#test/stage/api-client.ts";
import { hostCheck, trustSite } from "#test/stage/doors.ts";
import { minute } from "#test/stage/movable-clock.ts";
import { type NameServer, startNameServer } from "#test/stage/name-server.ts";
import { auditOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";
import { keyClient } from "./key-client.ts";

const stage = useStage();
const api = useApi(stage);
const ask = keyClient(stage, api);
let server: NameServer;
beforeAll(async () => {
  server = await startNameServer();
});
afterAll(() => server.close());

const newHost = (): string => `trust.${randomBytes(5).toString("hex")}.example`;
const visit = (host: string) => trustSite(stage).request("/", { headers: { host } });

async function check(): Promise<void> {
  stage.clock.forward(minute);
  expect(await hostCheck(stage, server)()).toEqual([]);
}

describe("a tenant's own host", () => {
  it("is claimed, proven by the record that the answer names, served, and given up at once", async () => {
    const tenant = await newTenant(stage);
    const host = newHost();
    const claimed = await ask(tenant, "hosts", { host });
    expect([claimed.status, claimed.body.state]).toEqual([201, "pending"]);
    const { type, name, value } = claimed.body.challenge;
    expect([type, name]).toEqual(["TXT", `_candor-challenge.${host}`]);
    expect(JSON.stringify(claimed.body)).not.toMatch(/random|revision/);
    server.records.set(name, [[value]]);
    await check();
    expect((await ask(tenant, `hosts/${host}`)).body).toMatchObject({ host, state: "verified" });
    expect((await visit(host)).status).toBe(200);
    expect((await ask(tenant, `hosts/${host}`, undefined, { method: "DELETE" })).status).toBe(204);
    expect((await visit(host)).status).toBe(421);
    await check();
    expect((await ask(tenant, `hosts/${host}`)).status).toBe(404);
    const actions = (await auditOf(tenant)).map(({ action, target }) => ({ action, target }));
    for (const action of ["host.claimed", "host.verified", "host.withdrawn"])
      expect(actions).toContainEqual({ action, target: { host } });
  });

  it("is listed for everybody of the tenant, changed by owners alone, and is nothing to another tenant", async () => {
    const [tenant, other] = [await newTenant(stage), await newTenant(stage)];
    const host = newHost();
    expect((await ask(tenant, "hosts", { host }, { role: "operator" })).status).toBe(403);
    await ask(tenant, "hosts", { host });
    const list = await ask(tenant, "hosts", undefined, { role: "viewer" });
    expect(list.body.items).toMatchObject([{ host, state: "pending" }]);
    expect((await ask(other, `hosts/${host}`)).status).toBe(404);
    expect((await ask(other, `hosts/${host}`, undefined, { method: "DELETE" })).status).toBe(404);
    expect((await ask(tenant, `hosts/${host}`, undefined, { method: "DELETE", role: "viewer" })).status).toBe(403);
  });

  it("may be claimed by two, each with a record of its own", async () => {
    const [tenant, other] = [await newTenant(stage), await newTenant(stage)];
    const host = newHost();
    const [one, two] = [await ask(tenant, "hosts", { host }), await ask(other, "hosts", { host })];
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(one.body.challenge.value).not.toBe(two.body.challenge.value);
  });

  it("is claimed once, and anew with another record when it was given up", async () => {
    const tenant = await newTenant(stage);
    const host = newHost();
    const first = await ask(tenant, "hosts", { host });
    expect((await ask(tenant, "hosts", { host })).status).toBe(409);
    await ask(tenant, `hosts/${host}`, undefined, { method: "DELETE" });
    const second = await ask(tenant, "hosts", { host });
    expect(second.status).toBe(201);
    expect(second.body.challenge.value).not.toBe(first.body.challenge.value);
    server.records.set(first.body.challenge.name, [[first.body.challenge.value]]);
    await check();
    expect((await ask(tenant, `hosts/${host}`)).body.state).toBe("pending");
  });

  it.each(["hearth.localhost", "api.localhost", "localhost", "192.0.2.7", "Trust.example.com", "example", "a.b.onion"])(
    "is not %s",
    async (host) => {
      const answer = await ask(await newTenant(stage), "hosts", { host });
      expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, "/host"]);
    },
  );

  it("is one of 20 at most", async () => {
    const tenant = await newTenant(stage);
    for (let i = 0; i < 20; i++) expect((await ask(tenant, "hosts", { host: newHost() })).status).toBe(201);
    expect((await ask(tenant, "hosts", { host: newHost() })).status).toBe(409);
  });
});
