import { beforeEach, describe, expect, it } from "vitest";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { useApi } from "#test/stage/api-client.ts";
import { issuerName } from "#test/stage/issuer.ts";
import { changesOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";
import { accessClient } from "./access-client.ts";

const stage = useStage();
const api = useApi(stage);
const { ask } = accessClient(stage, api);
let tenant: TenantScope;
beforeEach(async () => {
  tenant = await newTenant(stage);
});

const person = (subject: string, more: object = {}) => ({ issuer: issuerName, subject, role: "operator", ...more });
const memberOf = async (role: string): Promise<string> => {
  const { body } = await ask(tenant, "members");
  return body.items.find((item: { role: string }) => item.role === role).member;
};
const changes = async () => (await changesOf(tenant)).map(({ action, target }) => ({ action, target }));
const asMember = async (subject: string) =>
  (await ask(tenant, "members", undefined, { credential: await api.issuer.token(subject) })).status;

describe("members", () => {
  it("are made, shown and listed, under a name that says nobody's", async () => {
    const made = await ask(tenant, "members", person("p-1", { name: "Ada" }));
    expect(made).toMatchObject({ status: 201, body: person("p-1", { name: "Ada" }) });
    expect(made.body.member).toMatch(/^[a-z2-7]{26}$/);
    expect(made.headers.get("location")).toBe(`/v1/tenants/${tenant.tenant}/members/${made.body.member}`);
    const shown = await ask(tenant, `members/${made.body.member}`, undefined, { role: "viewer" });
    expect([shown.status, shown.body, shown.headers.get("etag")]).toEqual([200, made.body, '"1"']);
    expect(await changes()).toEqual([
      { action: "member.added", target: { member: made.body.member, role: "operator" } },
    ]);
    expect(await asMember("p-1")).toBe(200);
  });

  it("are paged through, each once", async () => {
    const seen: string[] = [];
    for (let cursor = ""; ; ) {
      const { body } = await ask(tenant, `members?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`);
      seen.push(...body.items.map((item: { subject: string }) => item.subject));
      if (body.cursor === undefined) break;
      cursor = encodeURIComponent(body.cursor);
    }
    expect(seen.toSorted()).toEqual(["operator", "owner", "viewer"].map((role) => `${tenant.tenant}-${role}`));
  });

  it("are changed by owners alone, in the state that the owner read", async () => {
    const path = `members/${await memberOf("viewer")}`;
    const change = { role: "operator", name: "Bo" };
    const patch = { method: "PATCH", ifMatch: '"1"' } as const;
    expect((await ask(tenant, path, change, { ...patch, role: "operator" })).status).toBe(403);
    expect((await ask(tenant, path, change, { method: "PATCH" })).status).toBe(428);
    expect(await ask(tenant, path, change, patch)).toMatchObject({ status: 200, body: change });
    expect((await ask(tenant, path, { role: "owner" }, patch)).status).toBe(412);
    const unnamed = await ask(tenant, path, { name: null }, { method: "PATCH", ifMatch: '"2"' });
    expect([unnamed.status, unnamed.body.name, unnamed.body.role]).toEqual([200, undefined, "operator"]);
    expect((await ask(tenant, path, { admin: true }, { method: "PATCH", ifMatch: "*" })).status).toBe(422);
  });

  it("are nobody from the next request on when they are removed", async () => {
    expect(await asMember(`${tenant.tenant}-operator`)).toBe(200);
    expect((await ask(tenant, `members/${await memberOf("operator")}`, undefined, { method: "DELETE" })).status).toBe(
      204,
    );
    expect(await asMember(`${tenant.tenant}-operator`)).toBe(404);
    expect((await changes()).map(({ action }) => action)).toEqual(["member.removed"]);
  });

  it("have an owner among them, always", async () => {
    const path = `members/${await memberOf("owner")}`;
    expect((await ask(tenant, path, undefined, { method: "DELETE" })).status).toBe(409);
    expect((await ask(tenant, path, { role: "viewer" }, { method: "PATCH", ifMatch: "*" })).status).toBe(409);
    expect((await ask(tenant, path, { name: "Me" }, { method: "PATCH", ifMatch: "*" })).status).toBe(200);
    await ask(tenant, "members", person("second", { role: "owner" }));
    expect((await ask(tenant, path, { role: "viewer" }, { method: "PATCH", ifMatch: "*" })).status).toBe(200);
  });

  it("keep an owner when two owners remove each other at the same time", async () => {
    const first = await memberOf("owner");
    const second = (await ask(tenant, "members", person("second", { role: "owner" }))).body.member;
    const tokens = { first: `${tenant.tenant}-owner`, second: "second" };
    const remove = async (member: string, by: string) =>
      (await ask(tenant, `members/${member}`, undefined, { method: "DELETE", credential: await api.issuer.token(by) }))
        .status;
    const answers = await Promise.all([remove(second, tokens.first), remove(first, tokens.second)]);
    expect(answers.filter((status) => status === 204)).toHaveLength(1);
    const left = await Promise.all(Object.values(tokens).map(asMember));
    expect(left.toSorted()).toEqual([200, 404]);
  });

  it.each([
    ["somebody twice", 409, (slug: string) => person(`${slug}-owner`)],
    ["somebody of an issuer that does not count here", 422, () => person("p", { issuer: "https://other.example" })],
    ["somebody of no issuer", 422, () => ({ subject: "p", role: "viewer" })],
    ["a role that there is not", 422, () => person("p", { role: "king" })],
    ["what is not known", 422, () => person("p", { admin: true })],
    ["half a character", 422, () => person("\ud800")],
  ])("are not made of %s: %i", async (_, status, body) => {
    expect((await ask(tenant, "members", body(tenant.tenant))).status).toBe(status);
    expect(await changes()).toEqual([]);
  });

  it("of another tenant are as if they never were", async () => {
    const member = await memberOf("viewer");
    const other = await newTenant(stage);
    for (const [path, method] of [
      [`members/${member}`, "GET"],
      [`members/${member}`, "DELETE"],
      ["members/none", "GET"],
    ] as const)
      expect((await ask(other, path, undefined, { method })).status).toBe(404);
    expect((await ask(tenant, "members", undefined, { of: other })).status).toBe(404);
    expect((await ask(tenant, `members/${member}`)).status).toBe(200);
  });
});
