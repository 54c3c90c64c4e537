import { beforeEach, describe, expect, it } from "vitest";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { useApi } from "#test/stage/api-client.ts";
import { auditOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";
import { keyClient } from "./key-client.ts";

const stage = useStage();
const api = useApi(stage);
const ask = keyClient(stage, api);
let tenant: TenantScope;
beforeEach(async () => {
  tenant = await newTenant(stage);
});

const commit = "0123456789abcdef0123456789abcdef01234567";
const at = (path: string) => ({ id: path, kind: "source-path", path, proves: `That it is in ${path}.` });
const addClaim = (id: string, evidence: object[], more: object = {}) =>
  ask(tenant, "claims", { id, title: id, section: "Section", statement: "It is so.", evidence, ...more });
const pointers = (answer: { body: { errors: { pointer: string }[] } }) =>
  answer.body.errors.map(({ pointer }) => pointer);

describe("confirming a claim", () => {
  const confirm = (body: object) => ask(tenant, "claims/a/confirm", body, { role: "operator" });

  it("dates it, with what was looked at, by whom and how", async () => {
    await addClaim("a", [at("one")]);
    const answer = await confirm({
      method: "source-search",
      by: "The maintainer",
      commit,
      evidence: [{ ...at("two"), absence: { searchedFor: "Rekor" } }],
    });
    expect(answer).toMatchObject({
      status: 200,
      etag: '"2"',
      body: {
        confirmation: { on: "2026-11-18", method: "source-search", by: "The maintainer", commit },
        evidence: [{ id: "one" }, { id: "two", absence: { searchedFor: "Rekor" } }],
      },
    });
    expect(await auditOf(tenant)).toContainEqual(
      expect.objectContaining({
        action: "posture.confirmed",
        target: { kind: "claims", id: "a" },
      }),
    );
  });

  it("needs something that was looked at, a day that has come, and none before the last", async () => {
    await addClaim("a", []);
    expect(pointers(await confirm({}))).toEqual(["/evidence"]);
    expect((await confirm({ evidence: [at("one")], on: "2026-11-10" })).status).toBe(200);
    expect(pointers(await confirm({ on: "2026-11-19" }))).toEqual(["/on"]);
    expect((await confirm({ on: "2026-11-09" })).status).toBe(409);
    expect((await confirm({})).body.confirmation.on).toBe("2026-11-18");
  });
});

describe("confirming by places in the source", () => {
  const confirm = (paths: string[], more: object = {}) =>
    ask(tenant, "claims/confirmations", { commit, paths, ...more }, { role: "operator" });

  it("confirms exactly the claims that rest on them alone, and says why not the others", async () => {
    await addClaim("both", [at("one"), at("two")]);
    await addClaim("more", [at("one"), at("three")]);
    await addClaim("page", [at("one"), { id: "page", kind: "url", url: "https://example.org/", proves: "It." }]);
    await addClaim("nothing", []);
    const answer = await confirm(["one", "two", "elsewhere"]);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        confirmed: [{ id: "both", on: "2026-11-18", commit }],
        unconfirmed: [
          { id: "more", reason: "missing-paths", paths: ["three"] },
          { id: "nothing", reason: "no-evidence" },
          { id: "page", reason: "other-evidence", evidence: ["page"] },
        ],
        remaining: 0,
      },
    });
    expect((await ask(tenant, "claims/both")).body.confirmation).toEqual({
      on: "2026-11-18",
      method: "automatic",
      commit,
    });
    expect((await ask(tenant, "claims/more")).body.confirmation).toBeNull();
    expect(await auditOf(tenant)).toContainEqual(
      expect.objectContaining({
        action: "posture.confirmed",
        target: { kind: "claims", id: "both", commit },
      }),
    );
  });

  it("changes nothing the second time", async () => {
    await addClaim("a", [at("one")]);
    await confirm(["one"]);
    const again = await confirm(["one"]);
    expect(again.body.confirmed).toEqual([{ id: "a", on: "2026-11-18", commit }]);
    expect((await ask(tenant, "claims/a")).body.revision).toBe(2);
  });

  it("leaves alone what was confirmed on a later day", async () => {
    await addClaim("a", [at("one")], { confirmation: { on: "2026-11-15", method: "review" } });
    expect((await confirm(["one"], { on: "2026-11-14" })).body.unconfirmed).toEqual([
      { id: "a", reason: "confirmed-later" },
    ]);
    expect(pointers(await confirm(["one"], { on: "2026-11-19" }))).toEqual(["/on"]);
  });

  it("goes on where there are more than fit into one", async () => {
    for (let n = 0; n < 33; n++) await addClaim(`c${String(n).padStart(2, "0")}`, [at("one")]);
    const first = await confirm(["one"]);
    expect([first.body.confirmed.length, first.body.remaining]).toEqual([30, 3]);
    const second = await confirm(["one"]);
    expect([second.body.confirmed.length, second.body.remaining]).toEqual([33, 0]);
  });

  it("takes a commit by its full name and paths within the tree", async () => {
    expect(pointers(await ask(tenant, "claims/confirmations", { commit: "main", paths: ["../x"] }))).toEqual([
      "/commit",
      "/paths/0",
    ]);
    expect((await ask(tenant, "claims/confirmations", { commit, paths: ["one"] }, { role: "viewer" })).status).toBe(
      403,
    );
  });
});

describe("reviewing an exception", () => {
  const exception = {
    ...{
      id: "protobuf",
      title: "protobuf 2.28.0",
      advisory: "RUSTSEC-2024-0437",
      package: "protobuf",
      version: "2.28.0",
    },
    ...{ kind: "vulnerable", whyNoUpgrade: "Pinned.", whyUnreachable: "Not read.", removalCondition: "It is gone." },
    review: { on: "2026-08-01", enforced: true },
    tracking: { tool: "cargo-deny", file: "deny.toml" },
  };
  const review = (body: object) => ask(tenant, "exceptions/protobuf/review", body, { role: "operator" });

  it("moves the day of the next, and remembers this one", async () => {
    await ask(tenant, "exceptions", exception);
    expect(pointers(await review({ note: "Still there." }))).toEqual(["/next"]);
    expect(pointers(await review({ next: "2026-11-18" }))).toEqual(["/next"]);
    const answer = await review({ next: "2027-02-01", note: "Still there.", by: "The maintainer" });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        review: { on: "2027-02-01", enforced: true },
        reviews: [{ on: "2026-11-18", note: "Still there.", by: "The maintainer" }],
      },
    });
    expect(await auditOf(tenant)).toContainEqual(expect.objectContaining({ action: "posture.reviewed" }));
  });

  it("needs no day where none was set", async () => {
    const undated = { ...exception, kind: "unmaintained", review: { upon: ["each upgrade of Pingora"] } };
    await ask(tenant, "exceptions", undated);
    expect(await review({})).toMatchObject({
      status: 200,
      body: { review: { on: null }, reviews: [{ on: "2026-11-18" }] },
    });
  });
});

describe("an exception without a condition that ends it", () => {
  it("is not saved", async () => {
    const answer = await ask(tenant, "exceptions", {
      ...{ id: "x", title: "X", advisory: "CVE-2026-1", package: "x", version: "1", kind: "notice" },
      ...{ review: {}, tracking: { tool: "trivy", file: ".trivyignore" } },
    });
    expect([answer.status, pointers(answer)]).toEqual([422, ["/removalCondition"]]);
  });
});
