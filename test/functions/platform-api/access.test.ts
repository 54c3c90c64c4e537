import { describe, expect, it } from "vitest";
import { adminApi, tableOf } from "#test/stage/doors.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";
import { creation, useOperator } from "./operator-client.ts";

const stage = useStage();
const operator = useOperator(stage);
const { ask } = operator;
const bearer = async (subject: string, claims: Record<string, unknown> = {}): Promise<string> =>
  `Bearer ${await operator.issuer.token(subject, claims)}`;

const requests = (slug: string): string[] => [
  "GET /v1/tenants",
  "POST /v1/tenants",
  ...["GET", "PATCH", "DELETE"].map((method) => `${method} /v1/tenants/${slug}`),
];

describe("who is no operator", () => {
  it("gets 401 without a token, or with one that is worth nothing", async () => {
    const { tenant } = await newTenant(stage);
    const expired = await bearer("ops-1", { groups: ["platform"], exp: 1 });
    for (const authorization of [
      undefined,
      "Bearer x",
      expired,
      await bearer("ops-1", { groups: ["platform"], aud: "x" }),
    ])
      for (const request of requests(tenant)) {
        const answer = await ask(request, { authorization, body: {} });
        expect([request, answer.status]).toEqual([request, 401]);
        expect(answer.headers.get("www-authenticate")).toContain("Bearer");
      }
  });

  it("gets 403, whichever tenant it asks for and whether there is one", async () => {
    const { tenant } = await newTenant(stage);
    const people: [string, Record<string, unknown>][] = [
      [`${tenant}-owner`, {}],
      ["somebody", { groups: [] }],
      ["somebody", { groups: "platform" }],
      ["somebody", { groups: ["platforms"] }],
      ["somebody", { groups: [["platform"]] }],
      ["somebody", { "cognito:groups": ["platform"] }],
    ];
    for (const [subject, claims] of people) {
      const authorization = await bearer(subject, claims);
      const answers = await Promise.all(
        [tenant, "nobody"].map((slug) => ask(`GET /v1/tenants/${slug}`, { authorization })),
      );
      const [there, nowhere] = answers.map(({ status, body }) => ({ status, body: { ...body, request: "" } }));
      expect(there?.status).toBe(403);
      expect(there).toEqual(nowhere);
      for (const request of requests(tenant))
        expect((await ask(request, { authorization, body: {}, ifMatch: '"1"' })).status).toBe(403);
    }
  });

  it("gets 400 for two credentials", async () => {
    const token = (await bearer("ops-1", { groups: ["platform"] })).slice(7);
    expect((await ask(`GET /v1/tenants?access_token=${token}x`)).status).toBe(400);
  });
});

describe("an operator", () => {
  it("has no access to a tenant, not even to one that they made", async () => {
    const body = creation();
    await ask("POST /v1/tenants", { body });
    const api = adminApi(stage, operator.issuer.rules());
    const authorization = await bearer("ops-1", { groups: ["platform"] });
    for (const path of ["reports", "settings", "members", "keys"]) {
      const answer = await api.request(`/v1/tenants/${body.slug}/${path}`, { headers: { authorization } });
      expect([path, answer.status]).toEqual([path, 404]);
    }
  });

  it("is not refused what lies below a tenant, but does not find it here", async () => {
    const { tenant } = await newTenant(stage);
    for (const path of ["reports", "settings", "members"])
      expect((await ask(`GET /v1/tenants/${tenant}/${path}`)).status).toBe(404);
  });
});

describe("the door", () => {
  it("can't read what a tenant keeps, whatever its code does", async () => {
    const { tenant } = await newTenant(stage);
    const table = tableOf(stage, "platform-api");
    for (const name of [
      "MEMBER",
      "OUTBOX",
      "QUARANTINE",
      "AUDIT",
      "SEALING",
      "KEY",
      "CLOCKS",
      "DRAFT",
      "TOKEN",
      "SIGNING",
    ])
      await expect(table.get({ pk: `${name}#${tenant}#`, sk: "x" })).rejects.toThrow(/not authorized/);
    await expect(table.get({ pk: `REPORT#${tenant}#r1#`, sk: "REPORT" })).rejects.toThrow(/not authorized/);
    await expect(table.listIndex({ index: "inbox", partition: `INBOX#${tenant}#` })).rejects.toThrow(/not authorized/);
    await expect(table.write({ put: { pk: `REPORT#${tenant}#r1#`, sk: "REPORT" } })).rejects.toThrow(/not authorized/);
  });
});

describe("its document and page", () => {
  it("are there for everybody, and declare every operation", async () => {
    const { status, body } = await ask("GET /platform/openapi.json", { authorization: undefined });
    expect([status, body.openapi]).toEqual([200, "3.1.0"]);
    expect(Object.keys(body.paths["/v1/tenants/{tenant}"]).sort()).toEqual(["delete", "get", "patch"]);
    expect(Object.keys(body.paths["/v1/tenants"]).sort()).toEqual(["get", "post"]);
  });
});
