import { beforeEach, describe, expect, it } from "vitest";
import { mostItems } from "#shared/posture/check-draft.ts";
import { kindNames } from "#shared/posture/kind-names.ts";
import { partitions, sorts } from "#shared/store/keys.ts";
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

const claim = {
  id: "node-identity",
  title: "Identity of nodes",
  section: "Nodes",
  statement: "A node proves who it is.",
  label: { maturity: "enforced" },
  evidence: [{ id: "csr", kind: "source-path", path: "agent/csr.go", proves: "That the key is made here." }],
};
const faults = (answer: { body: { errors: { pointer: string }[] } }) =>
  answer.body.errors.map(({ pointer }) => pointer);

/** The least that makes an item of each kind. */
const least: Readonly<Record<string, object>> = {
  purposes: { statement: "We make proxies." },
  labels: { maturity: "beta", definition: "It works." },
  claims: { section: "Nodes", statement: "It is so." },
  risks: { kind: "gap", statement: "It is open." },
  exceptions: {
    ...{ advisory: "RUSTSEC-2025-0069", package: "daemonize", version: "0.5.0", kind: "unmaintained" },
    ...{ removalCondition: "It is gone.", review: {}, tracking: { tool: "cargo-deny", file: "deny.toml" } },
  },
  scope: { direction: "in" },
  support: { versions: { by: "place", place: "older" }, level: "none", statement: "Upgrade." },
  commitments: { trigger: "received", end: "acknowledged", length: "PT48H" },
  channels: { kind: "mail", status: "open" },
  "report-fields": { asks: "impact", statement: "How bad it is." },
  "disclosure-steps": { who: "tenant", statement: "It is fixed." },
  terms: { about: "credit", statement: "You are named." },
  credits: {},
  "threat-models": { statement: "A light one." },
  surfaces: {},
  layers: { statement: "The first." },
  "token-tables": { tokens: [{ id: "a", title: "A", lifetime: "PT1H", rotation: "It expires." }] },
  checks: { statement: "It looks.", cadence: {} },
  hardening: { phase: "before exposure", steps: [{ id: "a", statement: "Do it." }] },
  "release-duties": { statement: "Checksums.", place: "release-notes" },
  policies: { component: "All", statement: "The policy." },
  documents: { role: "other" },
  tools: { statement: "It helps." },
  frameworks: { statement: "It is compared with." },
};

describe("every kind of content", () => {
  it("is there", () => {
    expect(Object.keys(least)).toHaveLength(kindNames.length);
  });

  it.each(Object.entries(least))("is made, read, changed, listed and removed: %s", async (path, given) => {
    const made = await ask(tenant, path, { id: "a", title: "A title", ...given });
    expect(made).toMatchObject({ status: 201, etag: '"1"', body: { id: "a", revision: 1, visibility: "public" } });
    const read = await ask(tenant, `${path}/a`, undefined, { role: "viewer" });
    expect(read.body).toEqual(made.body);
    const changed = await ask(
      tenant,
      `${path}/a`,
      { title: "Another", order: 3 },
      { method: "PATCH", role: "operator", ifMatch: '"1"' },
    );
    expect(changed).toMatchObject({ status: 200, etag: '"2"', body: { title: "Another", order: 3, revision: 2 } });
    expect((await ask(tenant, path)).body.items).toEqual([changed.body]);
    const gone = await ask(tenant, `${path}/a`, undefined, { method: "DELETE", ifMatch: '"2"' });
    expect(gone.status).toBe(204);
    expect((await ask(tenant, `${path}/a`)).status).toBe(404);
    const { body } = await ask(tenant, `${path}/a/revisions`);
    expect(
      body.items.map(({ revision, item }: { revision: number; item: { title: string } | null }) => [
        revision,
        item?.title,
      ]),
    ).toEqual([
      [3, undefined],
      [2, "Another"],
      [1, "A title"],
    ]);
    // All at one instant of the stage: their order says nothing.
    expect((await auditOf(tenant)).map(({ action }) => action).toSorted()).toEqual([
      "posture.added",
      "posture.changed",
      "posture.removed",
    ]);
  });
});

describe("an item", () => {
  it("gets its id from its title where it brings none", async () => {
    const { id: _, ...rest } = claim;
    expect((await ask(tenant, "claims", { ...rest, title: "Identität der Knoten (mTLS)" })).body.id).toBe(
      "identitat-der-knoten-mtls",
    );
    const nameless = await ask(tenant, "claims", { ...rest, title: "ノード" });
    expect([nameless.status, faults(nameless)]).toEqual([422, ["/id"]]);
  });

  it("of an id that is taken is not made again", async () => {
    await ask(tenant, "claims", claim);
    expect(await ask(tenant, "claims", claim)).toMatchObject({ status: 409 });
  });

  it("is changed in the state that was read, and in no other", async () => {
    await ask(tenant, "claims", claim);
    const patch = (title: string, ifMatch?: string) =>
      ask(tenant, "claims/node-identity", { title }, { method: "PATCH", ...(ifMatch ? { ifMatch } : {}) });
    expect((await patch("One")).status).toBe(428);
    expect((await patch("One", '"1"')).status).toBe(200);
    expect((await patch("Two", '"1"')).status).toBe(412);
    expect((await ask(tenant, "claims/node-identity")).body.title).toBe("One");
  });

  it("goes back to what is usual where a patch says null, and keeps its id", async () => {
    await ask(tenant, "claims", { ...claim, order: 2, technology: "mTLS" });
    const patch = (change: object) => ask(tenant, "claims/node-identity", change, { method: "PATCH", ifMatch: "*" });
    const { body } = await patch({ technology: null, label: { qualifier: "for nodes" } });
    expect(body.technology).toBeUndefined();
    expect(body.label).toEqual({ maturity: "enforced", qualifier: "for nodes" });
    expect((await patch({ label: null })).body.label).toBeNull();
    expect(faults(await patch({ id: "other" }))).toEqual(["/id"]);
    expect(faults(await patch({ colour: "red" }))).toEqual(["/colour"]);
    expect(faults(await patch({ statement: null }))).toEqual(["/statement"]);
  });

  it("is refused with a pointer to each thing that is wrong with it", async () => {
    const refused = async (change: object) => {
      const answer = await ask(tenant, "claims", { ...claim, ...change });
      expect(answer.status).toBe(422);
      return faults(answer);
    };
    expect(await refused({ statement: "<script>alert(1)</script>", title: "a\u202eb" })).toEqual([
      "/title",
      "/statement",
    ]);
    expect(await refused({ statement: "[x](javascript:alert(1))" })).toEqual(["/statement"]);
    expect(await refused({ caveats: [{ id: "c", summary: "No.", evidence: ["gone"] }] })).toEqual([
      "/caveats/0/evidence/0",
    ]);
    expect(await refused({ confirmation: { on: "2026-11-19", method: "review" } })).toEqual(["/confirmation/on"]);
    expect(await refused({ reviewEvery: "P0D", colour: "red" })).toEqual(["/reviewEvery", "/colour"]);
  });

  it("of the day that has begun in the tenant's zone is not of the future", async () => {
    const later = await newTenant(stage, { timeZone: "Pacific/Kiritimati" });
    // 10:00 on the 18th in UTC is past midnight there.
    const answer = await ask(later, "claims", { ...claim, confirmation: { on: "2026-11-19", method: "review" } });
    expect(answer.status).toBe(201);
  });

  it("is not made where there are as many as fit", async () => {
    await tenant.table.write({
      update: { pk: partitions.draft(tenant.tenant), sk: sorts.draftState() },
      add: { claims: mostItems },
    });
    const answer = await ask(tenant, "claims", claim);
    expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining("Remove one first")]);
  });

  it("of another tenant is as if it never was", async () => {
    await ask(tenant, "claims", claim);
    const other = await newTenant(stage);
    for (const [path, asking] of [
      ["claims/node-identity", {}],
      ["claims/node-identity", { method: "PATCH", ifMatch: "*" }],
      ["claims/node-identity", { method: "DELETE", ifMatch: "*" }],
      ["claims/node-identity/confirm", { method: "POST" }],
    ] as const) {
      const body = "method" in asking && asking.method !== "DELETE" ? {} : undefined;
      expect((await ask(other, path, body, asking)).status, path).toBe(404);
      expect((await ask(tenant, path, body, { ...asking, of: other })).status, path).toBe(404);
    }
    expect((await ask(other, "claims")).body.items).toEqual([]);
  });

  it("is only read by a viewer", async () => {
    await ask(tenant, "claims", claim);
    const role = "viewer";
    expect((await ask(tenant, "claims", { ...claim, id: "b" }, { role })).status).toBe(403);
    expect((await ask(tenant, "claims/node-identity", {}, { method: "PATCH", ifMatch: "*", role })).status).toBe(403);
    expect(
      (await ask(tenant, "claims/node-identity", undefined, { method: "DELETE", ifMatch: "*", role })).status,
    ).toBe(403);
    expect((await ask(tenant, "claims/node-identity/confirm", {}, { role })).status).toBe(403);
  });

  it("as a policy is not above itself", async () => {
    const policy = (id: string, parent: string | null) => ({
      id,
      title: id,
      component: id,
      statement: "Its own.",
      parent,
    });
    await ask(tenant, "policies", policy("a", null));
    await ask(tenant, "policies", policy("b", "a"));
    const circle = await ask(tenant, "policies/a", { parent: "b" }, { method: "PATCH", ifMatch: "*" });
    expect([circle.status, faults(circle)]).toEqual([422, ["/parent"]]);
  });

  it("is listed a page at a time", async () => {
    for (const id of ["a", "b", "c"]) await ask(tenant, "claims", { ...claim, id });
    const first = await ask(tenant, "claims?limit=2");
    expect(first.body.items.map(({ id }: { id: string }) => id)).toEqual(["a", "b"]);
    const second = await ask(tenant, `claims?limit=2&cursor=${first.body.cursor}`);
    expect(second.body.items.map(({ id }: { id: string }) => id)).toEqual(["c"]);
    expect(second.body.cursor).toBeUndefined();
  });
});
