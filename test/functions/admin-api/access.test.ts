import { randomBytes } from "node:crypto";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { afterEach, describe, expect, it } from "vitest";
import { newMachineSecret } from "#shared/identity/machine-secret.ts";
import { newIdentifier } from "#shared/report/identifier.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { useApi } from "#test/stage/api-client.ts";
import { adminApi } from "#test/stage/doors.ts";
import { audience, issuerName } from "#test/stage/issuer.ts";
import { auditOf, onlyRecord } from "#test/stage/records.ts";
import { report } from "#test/stage/reporter.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const api = useApi(stage);

/** An answer without what differs at each request. */
async function essence(answer: Response) {
  const { request, ...body } = (await answer.json()) as { request: string };
  const headers = [...answer.headers].filter(([name]) => name !== "date").sort();
  return { status: answer.status, headers, body, hasRequest: request.length > 0 };
}

/** Requests that the table got meanwhile, by what they did. */
function watchTable(): string[] {
  const seen: string[] = [];
  stage.faults.table = ({ operation, calls }) => {
    const kinds = calls.flatMap(({ keys }) => keys.map((key) => key.slice(0, key.indexOf("#"))));
    seen.push(`${operation} ${kinds.join(" ")}`);
    return undefined;
  };
  return seen;
}

describe("a request that does not prove who asks", () => {
  afterEach(() => stage.faults.clear());

  /** Whatever can be wrong with a credential. */
  async function badCredentials(tenant: TenantScope): Promise<Record<string, string | undefined>> {
    const subject = `${tenant.tenant}-owner`;
    const now = Math.floor(stage.clock.now().getTime() / 1000);
    const { issuer } = api;
    const claims = { iss: issuerName, aud: audience, sub: subject, iat: now, exp: now + 300 };
    const part = (value: object | string) =>
      Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
    const publicKey = Buffer.from(await exportSPKI(issuer.publicKey));
    const good = await issuer.token(subject);
    const [head, body, signature = ""] = good.split(".");
    const attacker = await generateKeyPair("ES256", { extractable: true });
    const attackerKey = await exportJWK(attacker.publicKey);
    const forged = (header: object) =>
      new SignJWT(claims).setProtectedHeader({ alg: "ES256", ...header }).sign(attacker.privateKey);
    const machine = newMachineSecret(tenant.tenant, randomBytes);
    return {
      "no header": undefined,
      "another scheme": `Basic ${good}`,
      "no token": "Bearer",
      garbage: "Bearer garbage",
      "far too long": `Bearer ${"a".repeat(9_000)}`,
      "too long by what it says": `Bearer ${await issuer.token(subject, { more: "a".repeat(9_000) })}`,
      "the header twice": `Bearer ${good}, Bearer ${good}`,
      expired: `Bearer ${await issuer.token(subject, { iat: now - 900, exp: now - 10 })}`,
      "not yet valid": `Bearer ${await issuer.token(subject, { nbf: now + 60 })}`,
      "from the future": `Bearer ${await issuer.token(subject, { iat: now + 60 })}`,
      "another audience": `Bearer ${await issuer.token(subject, { aud: "https://other.example" })}`,
      "no audience": `Bearer ${await issuer.token(subject, { aud: undefined })}`,
      "another issuer": `Bearer ${await issuer.token(subject, { iss: "https://evil.example" })}`,
      "the issuer with a slash": `Bearer ${await issuer.token(subject, { iss: `${issuerName}/` })}`,
      "no issuer": `Bearer ${await issuer.token(subject, { iss: undefined })}`,
      "no end": `Bearer ${await issuer.token(subject, { exp: undefined })}`,
      "no subject": `Bearer ${await issuer.token(subject, { sub: undefined })}`,
      "what is meant for a client": `Bearer ${await issuer.token(subject, { at_hash: "x" })}`,
      "what Cognito means for a client": `Bearer ${await issuer.token(subject, { token_use: "id" })}`,
      "what Keycloak means for a client": `Bearer ${await issuer.token(subject, { typ: "ID" })}`,
      "no algorithm": `Bearer ${part({ alg: "none", typ: "at+jwt" })}.${part(claims)}.`,
      "no algorithm, and a signature": `Bearer ${part({ alg: "none" })}.${part(claims)}.${signature}`,
      "the public key as a secret": `Bearer ${await new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "test-1" }).sign(publicKey)}`,
      "an unknown key": `Bearer ${await issuer.token(subject, {}, { kid: "other" })}`,
      "a key that it brings along": `Bearer ${await forged({ jwk: attackerKey })}`,
      "a key that it brings along under a known name": `Bearer ${await forged({ jwk: attackerKey, kid: "test-1" })}`,
      "the address of its key": `Bearer ${await forged({ jku: "https://evil.example/keys", kid: "test-1" })}`,
      "the address of its certificate": `Bearer ${await forged({ x5u: "https://evil.example/c", kid: "test-1" })}`,
      "a member of its header twice": `Bearer ${part('{"alg":"ES256","kid":"other","kid":"test-1"}')}.${body}.${signature}`,
      "what must be understood and is not": `Bearer ${part({ alg: "ES256", kid: "test-1", crit: ["x"], x: 1 })}.${body}.${signature}`,
      "another signature": `Bearer ${head}.${body}.${signature.replace(/^./, (c) => (c === "A" ? "B" : "A"))}`,
      "another body": `Bearer ${head}.${part({ ...claims, sub: "someone" })}.${signature}`,
      "a machine token that nobody made": `Bearer ${machine}`,
      "a machine token with a slip of the pen": `Bearer ${machine.slice(0, -1)}${machine.endsWith("a") ? "b" : "a"}`,
      "a machine token of no tenant": `Bearer ${machine.replace(tenant.tenant, `${tenant.tenant}x`)}`,
    };
  }

  it("gets one and the same 401, whatever is wrong, and whether or not there is such a tenant", async () => {
    const tenant = await newTenant(stage);
    const first = await essence(await api.ask("/v1/me"));
    expect(first).toMatchObject({ status: 401, hasRequest: true });
    expect(Object.fromEntries(first.headers)["www-authenticate"]).toMatch(/^Bearer/);
    const bad = await badCredentials(tenant);
    for (const [what, authorization] of Object.entries(bad))
      for (const path of ["/v1/me", `/v1/tenants/${tenant.tenant}/reports`, "/v1/tenants/never-was/reports", "/v1/x"])
        expect([what, path, await essence(await api.ask(path, authorization))]).toEqual([what, path, first]);
    expect(Object.keys(bad).length).toBeGreaterThan(30);
    const good = `Bearer ${await api.issuer.token(`${tenant.tenant}-owner`)}`;
    expect((await api.ask("/v1/me", good)).status).toBe(200);
  });

  it("costs the same look-ups whether or not there is such a tenant", async () => {
    const tenant = await newTenant(stage);
    const bad = { ...(await badCredentials(tenant)), stranger: `Bearer ${await api.issuer.token("stranger")}` };
    for (const [what, authorization] of Object.entries(bad)) {
      const there = watchTable();
      await api.ask(`/v1/tenants/${tenant.tenant}/reports`, authorization);
      const never = watchTable();
      await api.ask("/v1/tenants/never-was/reports", authorization);
      expect([what, never]).toEqual([what, there]);
    }
  });

  it("is told apart from one that brings two credentials: 400, whoever they are", async () => {
    const tenant = await newTenant(stage);
    const good = await api.issuer.token(`${tenant.tenant}-owner`);
    const machine = newMachineSecret(tenant.tenant, randomBytes);
    const path = `/v1/tenants/${tenant.tenant}/reports`;
    for (const [authorization, query] of [
      [`Bearer ${good}, Bearer ${machine}`, ""],
      [`Bearer ${good},Basic YTpi`, ""],
      [`Bearer ${good}`, `?access_token=${machine}`],
    ] as const)
      expect((await api.ask(`${path}${query}`, authorization)).status).toBe(400);
    // Only in the address it is none: addresses come into logs.
    expect((await api.ask(`${path}?access_token=${good}`)).status).toBe(401);
  });
});

describe("an OpenID provider whose keys can't be had", () => {
  const working = { body: "" };
  afterEach(() => {
    if (working.body) api.issuer.answer = { status: 200, body: working.body };
  });
  it.each([
    ["hangs up", undefined],
    ["fails", { status: 500, body: "no" }],
    ["answers no JSON", { status: 200, body: "<html>" }],
    ["answers no key set", { status: 200, body: "{}" }],
  ])("makes the answer 503 with a time to come again, and not 401: it %s", async (_, answer) => {
    working.body ||= api.issuer.answer?.body ?? "";
    api.issuer.answer = answer;
    const fresh = adminApi(stage, api.issuer.rules());
    const authorization = `Bearer ${await api.issuer.token("someone")}`;
    const refused = await fresh.request("/v1/me", { headers: { authorization } });
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
    api.issuer.answer = { status: 200, body: working.body };
    stage.clock.forward(10_000);
    expect((await fresh.request("/v1/me", { headers: { authorization } })).status).toBe(200);
  });
});

describe("another tenant's things", () => {
  it("are answered exactly like things that never were", async () => {
    const [own, other] = [await newTenant(stage), await newTenant(stage)];
    await report(stage, other);
    const { report: theirs, messages } = await onlyRecord(other);
    const never = newIdentifier((length) => new Uint8Array(length).fill(7));
    const as = { of: own };
    const ghost = { ...own, tenant: `${own.tenant}x` as typeof own.tenant };
    const first = await essence(await api.get(own, `reports/${never}`));
    expect(first.status).toBe(404);
    const message = messages[0]?.id ?? "";
    for (const path of [
      "reports",
      `reports/${theirs.id}`,
      `reports/${theirs.id}/messages`,
      `reports/${theirs.id}/attachments/1`,
      `reports/${theirs.id}/messages/${message}/raw`,
    ]) {
      expect([path, await essence(await api.get(other, path, as))]).toEqual([path, first]);
      expect([path, await essence(await api.get(ghost, path, as))]).toEqual([path, first]);
    }
    for (const path of [
      `reports/${theirs.id}`,
      `reports/${theirs.id}/messages`,
      `reports/${never}/messages`,
      "nothing",
    ]) {
      expect([path, await essence(await api.get(own, path))]).toEqual([path, first]);
    }
    const told = (await auditOf(other)).map(({ action }) => action);
    expect([...new Set(told)].sort()).toEqual(["report.received", "request.refused"]);
    expect(await auditOf(own)).toEqual([]);
  });

  it.each(["..", "%2e%2e", "a#b", "a%23b", "%00", "x".repeat(2_000)])(
    "are not reached by the tenant name %j",
    async (name) => {
      const own = await newTenant(stage);
      const token = await api.issuer.token(`${own.tenant}-owner`);
      const answer = await api.ask(`/v1/tenants/${name}/reports`, `Bearer ${token}`);
      expect(answer.status).toBe(404);
    },
  );

  it.each(["..", "%2e%2e%2f", "x%23REPORT", "%00", "y".repeat(3_000), "é"])(
    "are not reached by the report name %j",
    async (name) => {
      const own = await newTenant(stage);
      for (const rest of ["", "/messages"]) expect((await api.get(own, `reports/${name}${rest}`)).status).toBe(404);
      expect(api.errors).toEqual([]);
    },
  );
});

describe("a viewer", () => {
  it("sees the metadata of reports and is refused what is in them, with nothing opened", async () => {
    const tenant = await newTenant(stage);
    await report(stage, tenant, { subject: "heap overflow" });
    const { report: found, messages } = await onlyRecord(tenant);
    const before = stage.kms.calls.Decrypt;
    const list = await (await api.get(tenant, "reports", { role: "viewer" })).text();
    expect(list).toContain(found.number);
    const detail = await api.get(tenant, `reports/${found.id}`, { role: "viewer" });
    expect(detail.status).toBe(200);
    expect(`${list}${await detail.text()}`).not.toContain("heap overflow");
    for (const path of ["messages", "attachments/1", `messages/${messages[0]?.id ?? ""}/raw`]) {
      expect((await api.get(tenant, `reports/${found.id}/${path}`, { role: "viewer" })).status).toBe(403);
    }
    expect(stage.kms.calls.Decrypt).toBe(before);
    expect((await auditOf(tenant)).map(({ action }) => action).sort()).toEqual([
      "report.received",
      ...Array(3).fill("request.refused"),
    ]);
  });
});

describe("a method that changes something", () => {
  it.each(["POST", "PUT", "PATCH", "DELETE"])("%s is refused on reports", async (method) => {
    const tenant = await newTenant(stage);
    expect((await api.get(tenant, "reports", { method })).status).toBe(405);
  });
});
