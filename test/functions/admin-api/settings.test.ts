import { describe, expect, it } from "vitest";
import { tenantOfAddress } from "#shared/store/addresses.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { useApi } from "#test/stage/api-client.ts";
import { newSender } from "#test/stage/composed-mail.ts";
import { minute } from "#test/stage/movable-clock.ts";
import { auditOf, recordsOf } from "#test/stage/records.ts";
import { report } from "#test/stage/reporter.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";
import { keyClient } from "./key-client.ts";

const stage = useStage();
const api = useApi(stage);
const ask = keyClient(stage, api);

const settings = (tenant: TenantScope, role: "owner" | "operator" | "viewer" = "owner") =>
  ask(tenant, "settings", undefined, { role });

/** Patches what stands there now. */
async function patch(tenant: TenantScope, body: unknown, role: "owner" | "operator" | "viewer" = "owner") {
  const { etag } = await settings(tenant);
  return ask(tenant, "settings", body, { method: "PATCH", role, ifMatch: etag ?? "" });
}

describe("a tenant's settings", () => {
  it("are read by everybody of the tenant, and changed by owners alone", async () => {
    const tenant = await newTenant(stage);
    const read = await settings(tenant, "viewer");
    expect([read.status, read.body.name, read.body.languages]).toEqual([200, "Kestrel Works", ["en"]]);
    for (const role of ["operator", "viewer"] as const)
      expect((await patch(tenant, { name: "x" }, role)).status).toBe(403);
    expect((await settings(tenant)).body.name).toBe("Kestrel Works");
  });

  it("take a merge patch: what it does not name stays, null takes away", async () => {
    const tenant = await newTenant(stage);
    const before = (await settings(tenant)).body;
    const body = { languages: ["en", "de"], translations: { de: { name: "Turmfalke" } }, acknowledgeWithin: null };
    const changed = await patch(tenant, body);
    const { acknowledgeWithin: _, ...rest } = before;
    expect([changed.status, changed.body]).toEqual([
      200,
      { ...rest, languages: ["en", "de"], translations: { de: { name: "Turmfalke" } } },
    ]);
    const again = await patch(tenant, { translations: { de: null } });
    expect(again.body.translations).toEqual({});
    const events = (await auditOf(tenant)).map(({ action, target }) => ({ action, target }));
    expect(events).toContainEqual({
      action: "settings.changed",
      target: { changed: "acknowledgeWithin languages translations" },
    });
  });

  it("are changed from the state that was read, or not at all", async () => {
    const tenant = await newTenant(stage);
    const { etag } = await settings(tenant);
    const send = (ifMatch?: string) =>
      ask(tenant, "settings", { name: "x" }, { method: "PATCH", ...(ifMatch === undefined ? {} : { ifMatch }) });
    expect((await send()).status).toBe(428);
    const statuses = (await Promise.all([send(etag ?? ""), send(etag ?? "")])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 412]);
  });

  it.each([
    ["a standing", { standing: { state: "active" } }, "/standing"],
    ["another slug", { slug: "other" }, "/slug"],
    ["no contact", { contacts: [] }, "/contacts"],
    ["a zone that is none", { timeZone: "Mars/Base" }, "/timeZone"],
    ["any origin", { corsOrigins: ["*"] }, "/corsOrigins/0"],
    ["a name taken away", { name: null }, "/name"],
  ])("refuse %s", async (_, body, pointer) => {
    const answer = await patch(await newTenant(stage), body);
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, pointer]);
  });
});

describe("a contact address", () => {
  it("is the tenant's once it is named: its mail comes in, until it is named no more", async () => {
    const tenant = await newTenant(stage);
    const address = `psirt@${tenant.tenant}.example`;
    expect((await patch(tenant, { contacts: [address] })).status).toBe(200);
    await report(stage, tenant, {}, { from: newSender(), to: [address] });
    expect(await recordsOf(tenant)).toHaveLength(1);
    expect(await tenantOfAddress(stage.table, `security@${tenant.tenant}.example`)).toBeUndefined();
    await patch(tenant, { contacts: [`other@${tenant.tenant}.example`] });
    stage.clock.forward(minute);
    await report(stage, tenant, {}, { from: newSender(), to: [address] });
    expect(await recordsOf(tenant)).toHaveLength(1);
  });

  it("is one tenant's: who names another's changes nothing, and is not told whose it is", async () => {
    const [kestrel, merlin] = [await newTenant(stage), await newTenant(stage)];
    const address = `security@${kestrel.tenant}.example`;
    const answer = await patch(merlin, { name: "x", contacts: [address] });
    expect([answer.status, answer.body.type]).toEqual([409, "urn:candor:problem:conflict"]);
    expect(JSON.stringify(answer.body)).not.toContain(kestrel.tenant);
    expect((await settings(merlin)).body).toMatchObject({ name: "Kestrel Works" });
    expect(await tenantOfAddress(stage.table, address)).toBe(kestrel.tenant);
  });

  it("goes to one of two tenants who name it at once", async () => {
    const [kestrel, merlin] = [await newTenant(stage), await newTenant(stage)];
    const contacts = [`shared@${kestrel.tenant}.example`];
    const answers = await Promise.all([patch(kestrel, { contacts }), patch(merlin, { contacts })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});
