import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { audience, issuer, type SigningIssuer, startSigning } from "#test/shared/access/signing-issuer.ts";
import { useApi } from "#test/stage/api-client.ts";
import { issuerName } from "#test/stage/issuer.ts";
import { changesOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";
import { accessClient } from "./access-client.ts";

const own = "https://id.acme.example";
const stage = useStage();
const api = useApi(stage);
let signing: SigningIssuer;
const { ask, as } = accessClient(stage, api, {
  [`${own}/.well-known/openid-configuration`]: () => ({ issuer: own, jwks_uri: `${own}/keys` }),
  [`${own}/keys`]: () => signing.jwks,
  "https://inside.example/.well-known/openid-configuration": () => ({
    ...{ issuer: "https://inside.example", jwks_uri: "https://169.254.169.254/keys" },
  }),
});
let tenant: TenantScope;
beforeAll(async () => {
  signing = await startSigning();
});
beforeEach(async () => {
  tenant = await newTenant(stage);
});
/** In no order: the clock stands still. */
const actions = async (of: TenantScope) => (await changesOf(of)).map(({ action }) => action).toSorted();

/** Addresses that lead inside, or could. */
const inside = [
  ...[
    "https://127.0.0.1",
    "https://127.0.0.1:8443/realm",
    "https://[::1]",
    "https://localhost",
    "https://api.localhost",
  ],
  ...[
    "https://169.254.169.254",
    "https://10.0.0.7",
    "https://192.168.1.1",
    "https://[fd00:ec2::254]",
    "https://2130706433",
  ],
  ...["http://id.acme.example", "https://user:password@id.acme.example", "https://db.internal", "file:///etc/passwd"],
];

describe("an OpenID provider that a tenant brings", () => {
  const add = (more: object = {}, of = tenant) => ask(of, "issuers", { issuer: own, audience, ...more });
  const tokenOf = (subject: string) => signing.token(stage.clock.now(), { claims: { iss: own, sub: subject } });

  it("says who people are, for this tenant and no other", async () => {
    const other = await newTenant(stage);
    const credential = await tokenOf("ada");
    const reports = async (of: TenantScope) => (await ask(of, "reports", undefined, { credential })).status;
    expect(await reports(tenant)).toBe(401);
    expect(await add()).toMatchObject({ status: 201, body: { issuer: own, audience } });
    // Known, and nobody yet.
    expect([await reports(tenant), await reports(other)]).toEqual([404, 401]);
    const member = { issuer: own, subject: "ada", role: "viewer" };
    expect((await ask(other, "members", member)).status).toBe(422);
    expect((await ask(tenant, "members", member)).status).toBe(201);
    expect([await reports(tenant), await reports(other)]).toEqual([200, 401]);

    expect((await as(credential, "/v1/me")).status).toBe(401);
    expect((await as(credential, `/v1/me?tenant=${tenant.tenant}`)).body).toMatchObject({
      ...{ kind: "person", issuer: own, subject: "ada" },
      tenants: [{ tenant: tenant.tenant, role: "viewer", permissions: expect.arrayContaining(["report.list"]) }],
    });
    const [{ id }] = (await ask(tenant, "issuers")).body.items;
    expect((await ask(tenant, `issuers/${id}`, undefined, { method: "DELETE" })).status).toBe(204);
    expect(await reports(tenant)).toBe(401);
    expect(await actions(tenant)).toEqual(["issuer.added", "issuer.removed", "member.added"]);
  });

  it("does not say who the people of the service's own provider are", async () => {
    expect((await add({ issuer: issuerName })).status).toBe(409);
    await add();
    const forged = await signing.token(stage.clock.now(), {
      claims: { iss: issuerName, sub: `${tenant.tenant}-owner` },
    });
    expect((await ask(tenant, "reports", undefined, { credential: forged })).status).toBe(401);
  });

  it.each(inside)("is refused where its address leads inside: %s", async (address) => {
    for (const more of [{ issuer: address }, { jwksUrl: `${address}/keys` }]) {
      const answer = await add(more);
      expect([answer.status, answer.body.errors?.length]).toEqual([422, 1]);
    }
    expect(await actions(tenant)).toEqual([]);
  });

  it("is refused where only its keys lie inside", async () => {
    const answer = await add({ issuer: "https://inside.example" });
    expect([answer.status, answer.body.detail]).toEqual([422, expect.stringContaining("public Internet")]);
  });

  it("is brought by owners, once, and few of them", async () => {
    expect((await ask(tenant, "issuers", { issuer: own, audience }, { role: "operator" })).status).toBe(403);
    expect([(await add()).status, (await add()).status]).toEqual([201, 409]);
    expect((await add({ audience: "" })).status).toBe(422);
    expect((await add({ secret: "x" })).status).toBe(422);
    expect((await ask(tenant, "issuers/none", undefined, { method: "DELETE" })).status).toBe(404);
  });
});

describe("a trust rule", () => {
  const body = (more: object = {}) => ({
    ...{ name: "CI", issuer: own, audience, claims: { sub: "project:acme/app" }, scopes: ["posture.edit"], ...more },
  });
  const add = async (more: object = {}) => ask(tenant, "trust-rules", body(more));

  it("is made, shown, changed in the state that was read, and removed", async () => {
    const made = await add();
    expect(made).toMatchObject({ status: 201, body: body({ lifetime: 600 }) });
    const path = `trust-rules/${made.body.id}`;
    const shown = await ask(tenant, path, undefined, { role: "viewer" });
    expect([shown.body, shown.headers.get("etag")]).toEqual([made.body, '"1"']);
    const patch = { method: "PATCH", ifMatch: '"1"' } as const;
    expect((await ask(tenant, path, { lifetime: 60 }, { method: "PATCH" })).status).toBe(428);
    expect((await ask(tenant, path, { lifetime: 60 }, { ...patch, role: "operator" })).status).toBe(403);
    expect(await ask(tenant, path, { lifetime: 60 }, patch)).toMatchObject({ status: 200, body: { lifetime: 60 } });
    expect((await ask(tenant, path, { lifetime: 90 }, patch)).status).toBe(412);
    expect((await ask(tenant, path, { issuer }, { method: "PATCH", ifMatch: "*" })).status).toBe(422);
    expect((await ask(tenant, path, { claims: {} }, { method: "PATCH", ifMatch: "*" })).status).toBe(422);
    expect((await ask(tenant, "trust-rules")).body.items).toHaveLength(1);
    expect((await ask(tenant, path, undefined, { method: "DELETE" })).status).toBe(204);
    expect((await ask(tenant, path)).status).toBe(404);
    expect(await actions(tenant)).toEqual(["trust-rule.added", "trust-rule.changed", "trust-rule.removed"]);
  });

  it.each([
    ["no claims", { claims: {} }, "/claims"],
    ["a pattern for everybody", { claims: { sub: { pattern: "^.*$" } } }, "/claims/sub/pattern"],
    ["a pattern open at its end", { claims: { sub: { pattern: "^project:acme/" } } }, "/claims/sub/pattern"],
    ["a life over 15 minutes", { lifetime: 901 }, "/lifetime"],
    ["a scope that makes credentials", { scopes: ["token.manage"] }, "/scopes/0"],
    ["an issuer inside", { issuer: "https://127.0.0.1" }, "/issuer"],
    ["keys inside", { jwksUrl: "https://10.0.0.1/keys" }, "/jwksUrl"],
  ])("is refused with the reason where it has %s", async (_, more, at) => {
    const answer = await add(more);
    expect([answer.status, answer.body.errors?.[0].pointer]).toEqual([422, at]);
    expect(await actions(tenant)).toEqual([]);
  });

  it("of another tenant is as if it never was", async () => {
    const { id } = (await add()).body;
    const other = await newTenant(stage);
    for (const method of ["GET", "DELETE"])
      expect((await ask(other, `trust-rules/${id}`, undefined, { method })).status).toBe(404);
    expect((await ask(tenant, `trust-rules/${id}`)).status).toBe(200);
  });
});
