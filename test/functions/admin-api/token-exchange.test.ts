import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { type SigningIssuer, startSigning } from "#test/shared/access/signing-issuer.ts";
import { useApi } from "#test/stage/api-client.ts";
import { minute } from "#test/stage/movable-clock.ts";
import { changesOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";
import { type Answer, accessClient } from "./access-client.ts";

const github = "https://token.actions.githubusercontent.com";
const stage = useStage();
const api = useApi(stage);
let signing: SigningIssuer;
let keysAreThere = true;
const { ask, as, exchange } = accessClient(stage, api, {
  [`${github}/.well-known/openid-configuration`]: () => ({ issuer: github, jwks_uri: `${github}/keys` }),
  [`${github}/keys`]: () => {
    if (!keysAreThere) throw new Error("down");
    return signing.jwks;
  },
});
let tenant: TenantScope;
let rule: string;
beforeAll(async () => {
  signing = await startSigning();
});
beforeEach(async () => {
  tenant = await newTenant(stage);
  rule = (await addRule()).body.id;
});
afterEach(() => {
  keysAreThere = true;
  stage.faults.clear();
});

const addRule = (more: object = {}): Promise<Answer> =>
  ask(tenant, "trust-rules", {
    ...{ name: "releases", issuer: github, audience: "https://api.candor.example" },
    ...{ claims: { repository: "acme/app", ref: "refs/heads/main" }, scopes: ["posture.edit", "report.list"] },
    ...more,
  });

let jobs = 0;
/** A token as GitHub Actions gives one to a job. */
const jobToken = (claims: object = {}, header: object = {}) =>
  signing.token(stage.clock.now(), {
    algorithm: "RS256",
    header: { typ: "JWT", ...header },
    claims: {
      ...{ iss: github, aud: "https://api.candor.example", sub: "repo:acme/app:ref:refs/heads/main" },
      ...{ repository: "acme/app", ref: "refs/heads/main", jti: `job-${String(jobs++)}` },
      ...claims,
    },
  });

const form = (token: string, more: Record<string, string> = {}) => ({
  grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
  subject_token: token,
  subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
  audience: tenant.tenant,
  ...more,
});
/** In the order of their names: the clock stands still. */
const events = async () =>
  (await changesOf(tenant))
    .map(({ action, target }) => ({ action: String(action), target }))
    .toSorted((one, other) => (one.action < other.action ? -1 : 1));
const essence = ({ status, headers, body }: Answer) => ({ status, headers: [...headers].sort(), body });

describe("a token of a CI job", () => {
  it("is exchanged for one of Candor's that lives for minutes and does what the rule says", async () => {
    const answer = await exchange(form(await jobToken()));
    expect(answer).toMatchObject({
      status: 200,
      body: {
        issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
        ...{ token_type: "Bearer", expires_in: 600, scope: "report.list posture.edit" },
      },
    });
    expect(answer.headers.get("cache-control")).toContain("no-store");
    const credential = answer.body.access_token;
    expect((await ask(tenant, "reports", undefined, { credential })).status).toBe(200);
    expect((await ask(tenant, "keys", undefined, { credential })).status).toBe(403);
    const me = (await as(credential, "/v1/me")).body;
    expect(me).toMatchObject({
      kind: "machine",
      tenant: tenant.tenant,
      rule,
      permissions: ["report.list", "posture.edit"],
    });
    expect(await events()).toEqual([
      { action: "token.exchanged", target: { rule, token: me.token } },
      { action: "trust-rule.added", target: { rule } },
    ]);
    expect((await ask(tenant, "tokens")).body.items).toEqual([]);
    stage.clock.forward(10 * minute);
    expect((await ask(tenant, "reports", undefined, { credential })).status).toBe(401);
  });

  it("gets fewer scopes where fewer are asked for, by a tenant that is named as a resource", async () => {
    const { audience: _, ...rest } = form(await jobToken());
    const resource = `https://api.candor.example/v1/tenants/${tenant.tenant}`;
    const answer = await exchange({ ...rest, resource, scope: "report.list" });
    expect([answer.status, answer.body.scope]).toEqual([200, "report.list"]);
  });

  it("is exchanged once, however often and for whomever it is sent", async () => {
    const other = await newTenant(stage);
    await ask(other, "trust-rules", {
      ...{ name: "x", issuer: github, audience: "https://api.candor.example" },
      ...{ claims: { repository: "acme/app" }, scopes: ["report.list"] },
    });
    const token = await jobToken();
    const answers = await Promise.all(Array.from({ length: 4 }, () => exchange(form(token))));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400, 400, 400]);
    expect((await exchange(form(token, { audience: other.tenant }))).status).toBe(400);
    const actions = (await events()).map(({ action }) => action);
    expect(actions).toEqual([
      ...["token.exchanged", "token.replayed", "token.replayed", "token.replayed", "trust-rule.added"],
    ]);
  });

  it("without an identifier is told by what was signed, whatever its signature", async () => {
    const token = await jobToken({ jti: undefined });
    expect((await exchange(form(token))).status).toBe(200);
    expect((await exchange(form(token))).status).toBe(400);
    expect((await exchange(form(await jobToken({ jti: undefined, run_id: "2" })))).status).toBe(200);
  });

  it("is refused with one answer, whatever is wrong, and whether or not there is such a tenant", async () => {
    const good = await jobToken();
    const first = essence(await exchange(form(await jobToken({ repository: "evil/app" }))));
    expect(first).toMatchObject({ status: 400, body: { error: "invalid_request" } });
    const [head, , signature] = good.split(".");
    const body = Buffer.from(JSON.stringify({ iss: github, repository: "acme/app" })).toString("base64url");
    const wrong: Record<string, Record<string, string>> = {
      "another branch": form(await jobToken({ ref: "refs/heads/x" })),
      "another audience": form(await jobToken({ aud: "https://github.com/acme" })),
      "another issuer": form(await jobToken({ iss: "https://other.example" })),
      expired: form(await jobToken({ exp: 1 })),
      "not signed by the issuer": form([head, body, signature].join(".")),
      "an unknown key": form(await jobToken({}, { kid: "other" })),
      "no token at all": form("garbage"),
      "far too long": form("a".repeat(9_000)),
      "scopes that the rule does not give": form(good, { scope: "key.use" }),
      "a tenant that never was": form(good, { audience: `${tenant.tenant}x` }),
      "a tenant that trusts nobody": form(good, { audience: (await newTenant(stage)).tenant }),
    };
    for (const [what, sent] of Object.entries(wrong))
      expect([what, essence(await exchange(sent))]).toEqual([what, first]);
    // Nothing of that used the token up.
    expect((await exchange(form(good))).status).toBe(200);
  });

  it.each<[string, string, (token: string) => Record<string, string>]>([
    ["another grant", "unsupported_grant_type", (token) => form(token, { grant_type: "client_credentials" })],
    ["no tenant", "invalid_target", (token) => form(token, { audience: "" })],
    ["two tenants", "invalid_target", (token) => form(token, { resource: "https://x.example/v1/tenants/other" })],
    ["a scope that there is not", "invalid_scope", (token) => form(token, { scope: "everything" })],
    ["a scope that no machine gets", "invalid_scope", (token) => form(token, { scope: "member.manage" })],
    ["no token", "invalid_request", () => form("")],
    ["another kind of token", "invalid_request", (token) => form(token, { subject_token_type: "saml" })],
    ["somebody who acts for it", "invalid_request", (token) => form(token, { actor_token: "x" })],
    ["another kind of answer", "invalid_request", (token) => form(token, { requested_token_type: "x" })],
  ])("is refused as OAuth says with %s: %s", async (_, error, sent) => {
    const answer = await exchange(sent(await jobToken()));
    expect([answer.status, answer.body.error]).toEqual([400, error]);
  });

  it("is refused with a parameter that is there twice", async () => {
    const twice = `${new URLSearchParams(form(await jobToken())).toString()}&audience=${tenant.tenant}`;
    expect((await exchange(twice)).body.error).toBe("invalid_request");
  });

  it("is refused with 503 while nobody can tell whether it was used", async () => {
    const token = await jobToken();
    stage.faults.table = ({ operation, calls }) =>
      operation === "PutItem" && calls.some(({ keys }) => keys.some((key) => key.startsWith("EXCHANGED#")))
        ? { name: "InternalServerError" }
        : undefined;
    const refused = await exchange(form(token));
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    stage.faults.clear();
    expect((await exchange(form(token))).status).toBe(200);
  });

  it("is refused with 503 while its issuer's keys can't be had", async () => {
    stage.clock.forward(61 * minute);
    keysAreThere = false;
    expect((await exchange(form(await jobToken()))).status).toBe(503);
  });

  it("is worth nothing once the rule is gone", async () => {
    expect((await ask(tenant, `trust-rules/${rule}`, undefined, { method: "DELETE" })).status).toBe(204);
    expect((await exchange(form(await jobToken()))).status).toBe(400);
  });
});
