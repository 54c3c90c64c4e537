import { describe, expect, it } from "vitest";
import { changedTrustRule, fits, NewTrustRule, newTrustRule, ruleFor } from "#shared/identity/trust-rule.ts";

const github = "https://token.actions.githubusercontent.com";
const now = new Date("2026-11-18T10:00:00.000Z");
const random = (length: number) => new Uint8Array(length).fill(1);

const given = (change: object = {}) =>
  NewTrustRule.parse({
    name: "releases",
    issuer: github,
    audience: "https://api.candor.example/v1/tenants/hearth",
    claims: { repository: "acme/app", ref: "refs/heads/main" },
    scopes: ["posture.publish", "posture.edit"],
    ...change,
  });
const rule = (change: object = {}) => newTrustRule(given(change), now, random);

/** As GitHub Actions states them for a push to main. */
const claims = {
  iss: github,
  aud: "https://api.candor.example/v1/tenants/hearth",
  sub: "repo:acme/app:ref:refs/heads/main",
  repository: "acme/app",
  repository_owner: "acme",
  repository_id: "74",
  ref: "refs/heads/main",
  ref_protected: "true",
  run_attempt: 1,
  exp: 0,
  iat: 0,
};

describe("a trust rule", () => {
  it("gives a short life where nothing else is said", () => {
    expect(rule()).toMatchObject({ lifetime: 600, revision: 1 });
  });

  it.each([
    ["no scope", { scopes: [] }],
    ["a scope that is no name of a permission", { scopes: ["everything"] }],
    ["a life over 15 minutes", { lifetime: 901 }],
    ["an issuer that is no address", { issuer: "github" }],
    ["an issuer with a query", { issuer: `${github}?x` }],
    ["a claim that every token is judged by", { claims: { aud: "x" } }],
    ["an empty claim", { claims: { sub: "" } }],
    ["a field that is not known", { admin: true }],
  ])("is refused with %s", (_, change) => expect(() => given(change)).toThrow());

  it.each([
    ["no claims", {}, /Without a claim/],
    ["a branch of anybody's", { ref: "refs/heads/main" }, /Everybody gets tokens of this issuer/],
    [
      "a shared workflow, which anybody can call",
      { job_workflow_ref: "acme/ci/.github/workflows/x.yml@v1" },
      /Everybody/,
    ],
    ["an owner who may be longer", { repository: { pattern: "^acme.*$" } }, /Everybody/],
    ["an owner who may be longer in sub", { sub: { pattern: "^repo:acme.*$" } }, /Everybody/],
    ["an owner by a pattern", { repository_owner: { pattern: "^acme.*$" } }, /Everybody/],
    ["a pattern for everybody", { repository: { pattern: "^.*$" } }, /is not one/],
    ["a pattern open at its end", { sub: { pattern: "^repo:acme/app:" } }, /is not one/],
    ["a pattern open at its beginning", { sub: { pattern: "acme/app$" } }, /is not one/],
  ])("is refused with a reason where it has %s", (_, wanted, reason) =>
    expect(() => rule({ claims: wanted })).toThrow(reason),
  );

  it("says where in it a pattern is wrong", () => {
    expect(() => rule({ claims: { "a/b": { pattern: "^x" }, repository: "acme/app" } })).toThrow(
      expect.objectContaining({
        code: "invalid",
        faults: [expect.objectContaining({ pointer: "/claims/a~1b/pattern" })],
      }),
    );
  });

  it.each([
    { sub: "repo:acme/app:ref:refs/heads/main" },
    { sub: { pattern: "^repo:acme/[^/]+:ref:refs/heads/main$" } },
    { repository: { pattern: "^acme/.+$" }, ref: "refs/heads/main" },
    { repository_owner: "acme", ref_protected: "true" },
    { repository_id: "74", run_attempt: "1" },
  ])("takes a token that fits: %j", (wanted) => expect(fits(rule({ claims: wanted }), claims)).toBe(true));

  it.each([
    ["another repository", { repository: "acme/app2" }],
    ["another branch", { ref: "refs/heads/main2" }],
    ["no such claim", { ref: undefined }],
    ["a claim that is a list", { ref: ["refs/heads/main"] }],
    ["another issuer", { iss: `${github}/` }],
    ["another audience", { aud: "https://github.com/acme" }],
  ])("takes no token with %s", (_, change) => expect(fits(rule(), { ...claims, ...change })).toBe(false));

  it("takes no claim from the prototype of an object", () => {
    const odd = newTrustRule(given({ issuer: "https://ci.acme.example", claims: { constructor: "x" } }), now, random);
    expect(fits(odd, { ...claims, iss: "https://ci.acme.example" })).toBe(false);
  });

  it("stays narrow when it is changed", () => {
    expect(changedTrustRule(rule(), { lifetime: 60 })).toMatchObject({ lifetime: 60, revision: 2, name: "releases" });
    expect(() => changedTrustRule(rule(), { claims: { ref: "refs/heads/main" } })).toThrow(/Everybody/);
    const own = rule({ issuer: "https://ci.acme.example", claims: { ref: "refs/heads/main" } });
    expect(() => changedTrustRule(own, { issuer: github })).toThrow(/Everybody/);
  });

  it("is chosen by what is asked for: one rule must give all of it", () => {
    const rules = [rule({ scopes: ["posture.edit"] }), rule({ scopes: ["posture.publish", "key.use"] })];
    expect(ruleFor(rules, claims, [])).toBe(rules[0]);
    expect(ruleFor(rules, claims, ["key.use"])).toBe(rules[1]);
    expect(ruleFor(rules, claims, ["posture.edit", "key.use"])).toBeUndefined();
    expect(ruleFor(rules, { ...claims, ref: "refs/heads/x" }, [])).toBeUndefined();
  });
});
