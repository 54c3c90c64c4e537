import { describe, expect, it } from "vitest";
import { changedProfile, readProfile } from "#shared/store/profiles.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import type { Standing } from "#shared/tenant/standing.ts";
import { useApi } from "#test/stage/api-client.ts";
import { adminApi } from "#test/stage/doors.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";
import { keyClient } from "./key-client.ts";

const stage = useStage();
const api = useApi(stage);
const ask = keyClient(stage, api);
const since = "2026-11-01T00:00:00.000Z";
const suspended: Standing = { state: "suspended", reason: "The contract ended.", since };
const closing: Standing = { state: "closing", since, until: "2026-12-01T00:00:00.000Z" };
const closed: Standing = { state: "closed", since };

const reads = ["reports", "settings", "members", "keys", "hosts"];
const writes: [string, unknown][] = [
  ["keys", { name: "backup", purpose: "encryption" }],
  ["hosts", { host: "trust.kestrel.example" }],
];

async function setStanding(scope: TenantScope, standing: Standing): Promise<void> {
  const before = await readProfile(scope);
  if (before)
    await stage.table.write(changedProfile(scope, before, { ...before, standing, version: before.version + 1 }));
}

describe.each([
  ["suspended", suspended, 409, 403],
  ["about to be deleted", closing, 410, 410],
])("a tenant that is %s", (_, standing, toOwner, toOthers) => {
  it.each(reads)("is read by its owners, and by nobody else: %s", async (path) => {
    const tenant = await newTenant(stage, { standing });
    expect((await ask(tenant, path)).status).toBe(200);
    for (const role of ["operator", "viewer"] as const)
      expect((await ask(tenant, path, undefined, { role })).status).toBe(toOthers);
  });

  it("is not changed by anybody, and is told why", async () => {
    const tenant = await newTenant(stage, { standing });
    for (const [path, body] of writes) {
      const refused = await ask(tenant, path, body);
      expect([path, refused.status]).toEqual([path, toOwner]);
      expect(refused.body.detail).toContain(standing.state === "suspended" ? standing.reason : "deleted on");
    }
  });

  it("is a stranger's no more than ever: 404", async () => {
    const [tenant, other] = [await newTenant(stage, { standing }), await newTenant(stage)];
    expect((await ask(tenant, "settings", undefined, { of: other })).status).toBe(404);
  });
});

describe("a deleted tenant", () => {
  it("is gone for whoever was its owner", async () => {
    const tenant = await newTenant(stage, { standing: closed });
    expect((await ask(tenant, "settings")).status).toBe(410);
  });
});

describe("a running API", () => {
  it("takes note of a suspension, and of its end, within five seconds", async () => {
    const tenant = await newTenant(stage);
    const running = adminApi(stage, api.issuer.rules());
    const status = async () => {
      const authorization = `Bearer ${await api.issuer.token(`${tenant.tenant}-viewer`)}`;
      return (await running.request(`/v1/tenants/${tenant.tenant}/keys`, { headers: { authorization } })).status;
    };
    expect(await status()).toBe(200);
    await setStanding(tenant, suspended);
    stage.clock.forward(5_000);
    expect(await status()).toBe(403);
    await setStanding(tenant, { state: "active" });
    stage.clock.forward(5_000);
    expect(await status()).toBe(200);
  });
});
