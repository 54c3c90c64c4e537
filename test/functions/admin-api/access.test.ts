import { exportSPKI, SignJWT } from "jose";
import { afterEach, describe, expect, it } from "vitest";
import { newIdentifier } from "#shared/report/identifier.ts";
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

describe("a request that does not prove who asks", () => {
  it("gets one and the same 401, whatever is wrong with its token", async () => {
    const subject = `${(await newTenant(stage)).tenant}-owner`;
    const now = Math.floor(stage.clock.now().getTime() / 1000);
    const { issuer } = api;
    const claims = { iss: issuerName, aud: audience, sub: subject, iat: now, exp: now + 300 };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const publicKey = Buffer.from(await exportSPKI(issuer.publicKey));
    const good = await issuer.token(subject);
    const [head, body, signature = ""] = good.split(".");
    const tokens: Record<string, string | undefined> = {
      "no header": undefined,
      "another scheme": `Basic ${good}`,
      "no token": "Bearer",
      garbage: "Bearer garbage",
      "far too long": `Bearer ${"a".repeat(9_000)}`,
      expired: `Bearer ${await issuer.token(subject, { iat: now - 900, exp: now - 10 })}`,
      "not yet valid": `Bearer ${await issuer.token(subject, { nbf: now + 60 })}`,
      "another audience": `Bearer ${await issuer.token(subject, { aud: "https://other.example" })}`,
      "no audience": `Bearer ${await issuer.token(subject, { aud: undefined })}`,
      "another issuer": `Bearer ${await issuer.token(subject, { iss: "https://evil.example" })}`,
      "the issuer with a slash": `Bearer ${await issuer.token(subject, { iss: `${issuerName}/` })}`,
      "no end": `Bearer ${await issuer.token(subject, { exp: undefined })}`,
      "no subject": `Bearer ${await issuer.token(subject, { sub: undefined })}`,
      "no algorithm": `Bearer ${part({ alg: "none", typ: "at+jwt" })}.${part(claims)}.`,
      "the public key as a secret": `Bearer ${await new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "test-1" }).sign(publicKey)}`,
      "an unknown key": `Bearer ${await issuer.token(subject, {}, { kid: "other" })}`,
      "another signature": `Bearer ${head}.${body}.${signature.replace(/^./, (c) => (c === "A" ? "B" : "A"))}`,
      "another body": `Bearer ${head}.${part({ ...claims, sub: "someone" })}.${signature}`,
    };
    const first = await essence(await api.ask("/v1/me"));
    expect(first).toMatchObject({ status: 401, hasRequest: true });
    expect(Object.fromEntries(first.headers)["www-authenticate"]).toMatch(/^Bearer/);
    for (const [what, authorization] of Object.entries(tokens)) {
      expect([what, await essence(await api.ask("/v1/me", authorization))]).toEqual([what, first]);
    }
    expect((await api.ask("/v1/me", `Bearer ${good}`)).status).toBe(200);
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
    expect((await auditOf(other)).map(({ action }) => action)).toEqual(["report.received"]);
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
    expect(await auditOf(tenant)).toHaveLength(1);
  });
});

describe("a method that changes something", () => {
  it.each(["POST", "PUT", "PATCH", "DELETE"])("%s is refused on reports", async (method) => {
    const tenant = await newTenant(stage);
    expect((await api.get(tenant, "reports", { method })).status).toBe(405);
  });
});
