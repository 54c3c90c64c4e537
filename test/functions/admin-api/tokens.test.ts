import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { newMachineSecret } from "#shared/identity/machine-secret.ts";
import { partitions } from "#shared/store/keys.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { useApi } from "#test/stage/api-client.ts";
import { day, hour, minute } from "#test/stage/movable-clock.ts";
import { changesOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";
import { accessClient } from "./access-client.ts";

const stage = useStage();
const api = useApi(stage);
const client = accessClient(stage, api);
const { ask, as } = client;
let tenant: TenantScope;
beforeEach(async () => {
  tenant = await newTenant(stage);
});

const create = (more: object = {}) => ask(tenant, "tokens", { name: "CI", scopes: ["report.list"], ...more });
/** What the machine gets that sends this secret. */
const reports = async (secret: string) => (await ask(tenant, "reports", undefined, { credential: secret })).status;
/** In no order: the clock stands still. */
const actions = async () => (await changesOf(tenant)).map(({ action }) => action).toSorted();

describe("a machine token", () => {
  it("is made by an owner, shows its secret once, and does what its scopes say", async () => {
    const made = await create({ scopes: ["report.list", "posture.read"] });
    expect(made).toMatchObject({ status: 201, body: { name: "CI", state: "active" } });
    // In the order of the table of permissions.
    expect(made.body.scopes).toEqual(["report.list", "posture.read"]);
    expect(made.body.endsAt).toBe(new Date(stage.clock.now().getTime() + 90 * day).toISOString());
    const { secret } = made.body;
    expect(secret).toMatch(new RegExp(`^candor_${tenant.tenant}_[0-9A-Za-z]{49}$`));

    expect(await reports(secret)).toBe(200);
    for (const path of ["keys", "members", "tokens", "trust-rules"])
      expect([path, (await ask(tenant, path, undefined, { credential: secret })).status]).toEqual([path, 403]);
    const shown = await ask(tenant, `tokens/${made.body.token}`);
    expect(JSON.stringify([shown.body, (await ask(tenant, "tokens")).body])).not.toContain(secret.slice(-20));
    const stored = JSON.stringify(await stage.table.list({ partition: partitions.tokens(tenant.tenant) }));
    expect(stored).toContain(made.body.token);
    expect(stored).not.toContain(secret.slice(-49));
    expect(await actions()).toEqual(["token.created"]);
  });

  it("says at /v1/me what it is", async () => {
    const { secret, token, endsAt } = (await create()).body;
    expect((await as(secret, "/v1/me")).body).toEqual({
      ...{ kind: "machine", tenant: tenant.tenant, token, permissions: ["report.list"], endsAt },
    });
  });

  it.each([
    ["anything by who is no owner", 403, {}, "operator"],
    ["what makes credentials", 422, { scopes: ["token.manage"] }, "owner"],
    ["what decides who may do what", 422, { scopes: ["member.manage"] }, "owner"],
    ["nothing", 422, { scopes: [] }, "owner"],
    ["a scope that there is not", 422, { scopes: ["everything"] }, "owner"],
    ["more than 90 days", 422, { days: 91 }, "owner"],
    ["no name", 422, { name: "" }, "owner"],
  ] as const)("is not given %s: %i", async (_, status, more, role) => {
    const body = { name: "CI", scopes: ["report.list"], ...more };
    expect((await ask(tenant, "tokens", body, { role })).status).toBe(status);
    expect(await actions()).not.toContain("token.created");
  });

  it("opens nothing of another tenant, which is as if it never was", async () => {
    const { secret } = (await create()).body;
    const other = await newTenant(stage);
    const ghost = { ...other, tenant: `${other.tenant}x` as typeof other.tenant };
    for (const place of [other, ghost])
      expect((await ask(place, "reports", undefined, { credential: secret })).status).toBe(404);
  });

  it("is good for as long as it says, and not a moment more", async () => {
    const { secret } = (await create({ days: 1 })).body;
    stage.clock.forward(day - 1);
    expect(await reports(secret)).toBe(200);
    stage.clock.forward(1);
    expect(await reports(secret)).toBe(401);
  });

  it("is revoked at once, with all its secrets", async () => {
    const made = (await create()).body;
    const rotated = (await ask(tenant, `tokens/${made.token}/rotate`, {})).body;
    const revoked = await ask(tenant, `tokens/${made.token}`, undefined, { method: "DELETE" });
    expect(revoked).toMatchObject({ status: 200, body: { state: "revoked" } });
    expect([await reports(made.secret), await reports(rotated.secret)]).toEqual([401, 401]);
    expect((await ask(tenant, `tokens/${made.token}/rotate`, {})).status).toBe(409);
    expect(await actions()).toEqual(["token.created", "token.revoked", "token.rotated"]);
  });

  it("gets by rotation a new secret, beside which the old one is good for a while", async () => {
    const made = (await create()).body;
    stage.clock.forward(80 * day);
    const rotated = (await ask(tenant, `tokens/${made.token}/rotate`, { overlapHours: 2 })).body;
    expect(rotated.secret).not.toBe(made.secret);
    expect(rotated.endsAt).toBe(new Date(stage.clock.now().getTime() + 90 * day).toISOString());
    expect([await reports(made.secret), await reports(rotated.secret)]).toEqual([200, 200]);
    expect((await ask(tenant, `tokens/${made.token}`)).body.overlapEndsAt).toBe(
      new Date(stage.clock.now().getTime() + 2 * hour).toISOString(),
    );
    stage.clock.forward(2 * hour);
    expect([await reports(made.secret), await reports(rotated.secret)]).toEqual([401, 200]);
    const third = (await ask(tenant, `tokens/${made.token}/rotate`, { overlapHours: 0 })).body;
    expect([await reports(rotated.secret), await reports(third.secret)]).toEqual([401, 200]);
  });

  it("tells when it was last used, to some minutes, and writes it no more often", async () => {
    const { secret, token } = (await create()).body;
    const lastUsed = async () => (await ask(tenant, `tokens/${token}`)).body.lastUsedAt;
    expect(await lastUsed()).toBeUndefined();
    const first = stage.clock.now().toISOString();
    let writes = 0;
    stage.faults.table = ({ operation }) => {
      if (operation === "UpdateItem") writes++;
      return undefined;
    };
    for (let n = 0; n < 5; n++) await reports(secret);
    await expect.poll(lastUsed).toBe(first);
    expect(writes).toBe(1);
    stage.clock.forward(5 * minute + 1);
    await reports(secret);
    await expect.poll(lastUsed).toBe(stage.clock.now().toISOString());
    expect(writes).toBe(2);
    stage.faults.clear();
  });

  it("works also while nobody can note that it does", async () => {
    const { secret } = (await create()).body;
    stage.faults.table = ({ operation }) => (operation === "UpdateItem" ? { name: "InternalServerError" } : undefined);
    expect(await reports(secret)).toBe(200);
    stage.faults.clear();
  });

  it("that can't be one is refused before anybody is asked", async () => {
    const { secret } = (await create()).body;
    let asked = 0;
    stage.faults.table = () => {
      asked++;
      return undefined;
    };
    expect((await as(`${secret.slice(0, -1)}${secret.endsWith("a") ? "b" : "a"}`, "/v1/me")).status).toBe(401);
    expect(asked).toBe(0);
    expect((await as(newMachineSecret(tenant.tenant, randomBytes), "/v1/me")).status).toBe(401);
    expect(asked).toBe(1);
    stage.faults.clear();
  });

  it("is listed page by page", async () => {
    const made = [(await create()).body.token, (await create()).body.token, (await create()).body.token];
    const first = (await ask(tenant, "tokens?limit=2")).body;
    const second = (await ask(tenant, `tokens?limit=2&cursor=${encodeURIComponent(first.cursor)}`)).body;
    const all = [...first.items, ...second.items].map(({ token }: { token: string }) => token);
    expect(all).toEqual(made.toSorted());
    expect(second.cursor).toBeUndefined();
  });
});
