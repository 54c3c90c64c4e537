/** An owner has the key renewed that signs the tenant's statements. */
import { beforeEach, describe, expect, it } from "vitest";
import { readSigningKey, tenantKey } from "#shared/store/signing-keys.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { keyClient } from "#test/functions/admin-api/key-client.ts";
import { useApi } from "#test/stage/api-client.ts";
import { notary, notaryPorts, trustSite } from "#test/stage/doors.ts";
import { mortal } from "#test/stage/dying.ts";
import { day, minute } from "#test/stage/movable-clock.ts";
import { auditOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const api = useApi(stage);
const ask = keyClient(stage, api);
let tenant: TenantScope;
const runNotary = async () => expect(await notary(stage).scheduled(stage.clock.now(), "request-n")).toEqual([]);
/** A run is killed at every so many of its calls; at each of them with CANDOR_FULL=1. */
const stride = process.env["CANDOR_FULL"] === "1" ? 1 : 4;
const renewed = () => ({ pk: `ASKED#${tenant.tenant}#`, sk: "ROTATION" });
const versionsOf = async () => (await readSigningKey(tenantKey(tenant)))?.versions ?? [];
const kids = async (): Promise<string[]> => {
  const headers = { host: `${tenant.tenant}.localhost` };
  const answer = await trustSite(stage).request("/.well-known/jwks.json", { headers });
  const { keys } = (await answer.json()) as { keys: { kid: string; candor_purpose: string }[] };
  return keys.filter(({ candor_purpose }) => candor_purpose === "statements").map(({ kid }) => kid);
};

beforeEach(async () => {
  tenant = await newTenant(stage);
  await runNotary();
});

describe("the key that signs a tenant's statements", () => {
  it("is shown by its name, without the KMS key that is Candor's", async () => {
    const { body } = await ask(tenant, "keys/candor-signing", undefined, { role: "viewer" });
    expect(body).toMatchObject({ system: true, purpose: "signing", versions: [{ version: 1, state: "enabled" }] });
    expect(body.versions[0].publicKey.jwk.kid).toBe((await kids())[0]);
    expect(JSON.stringify(body)).not.toContain("arn:");
  });

  it("gets a new version when an owner asks, shown at once and used a day later", async () => {
    expect((await ask(tenant, "keys/candor-signing/rotate", {}, { role: "operator" })).status).toBe(403);
    expect((await ask(tenant, "keys/candor-signing/rotate", { origin: "tenant" })).status).toBe(409);
    expect((await ask(tenant, "keys/candor-signing/rotate", {})).status).toBe(202);
    expect((await ask(tenant, "keys/candor-signing/rotate", {})).status).toBe(409);
    expect(await notary(stage).inserted([renewed()], "request-n")).toEqual([]);
    expect(await kids()).toHaveLength(2);
    const { body } = await ask(tenant, "keys/candor-signing");
    expect(body.versions.map(({ state }: { state: string }) => state)).toEqual(["enabled", "waiting"]);
    expect(body.currentVersion).toBe(1);
    expect((await ask(tenant, "keys/candor-signing/rotate", {})).status).toBe(409);
    stage.clock.forward(day);
    expect((await ask(tenant, "keys/candor-signing")).body.currentVersion).toBe(2);
    const actions = (await auditOf(tenant)).map(({ action }) => String(action)).filter((name) => /^signing/.test(name));
    expect(actions.sort()).toEqual(["signing-key.added", "signing-key.added", "signing-key.asked"]);
  });

  it("gets one for each ask, though it is brought twice, late, and killed on the way", async () => {
    await ask(tenant, "keys/candor-signing/rotate", {});
    for (let at = 1, died = true; died; at += stride) {
      const { ports, died: dead } = mortal(notaryPorts(stage), { at, when: "after" });
      await notary(stage, ports)
        .inserted([renewed()], "request-n")
        .catch(() => undefined);
      died = dead();
      expect((await versionsOf()).length).toBeLessThanOrEqual(2);
    }
    stage.clock.forward(2 * minute);
    await runNotary();
    await notary(stage).inserted([renewed()], "request-n");
    expect(await versionsOf()).toHaveLength(2);
    stage.clock.forward(2 * day);
    expect((await ask(tenant, "keys/candor-signing/rotate", {})).status).toBe(202);
    stage.clock.forward(minute);
    await runNotary();
    expect(await versionsOf()).toHaveLength(3);
  }, 120_000);
});
