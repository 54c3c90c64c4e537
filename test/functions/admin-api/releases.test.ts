import { beforeEach, describe, expect, it } from "vitest";
import { partitions } from "#shared/store/keys.ts";
import { readReleasePointer } from "#shared/store/public-releases.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { type Role, useApi } from "#test/stage/api-client.ts";
import { adminApi, notary, publisher } from "#test/stage/doors.ts";
import { day, hour } from "#test/stage/movable-clock.ts";
import { claim, throwFirst, writeItem } from "#test/stage/publishing.ts";
import { auditOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const api = useApi(stage);
let tenant: TenantScope;

beforeEach(async () => {
  tenant = await newTenant(stage);
  await writeItem(tenant, "claims", claim("tls"));
});

/** Hands each door what was inserted since it was woken last, as the table's stream does. */
async function stream(): Promise<void> {
  const keysUnder = async (pk: string) =>
    (await stage.table.list({ partition: pk })).items.map(({ sk }) => ({ pk, sk: String(sk) }));
  throwFirst(await publisher(stage).inserted(await keysUnder(partitions.publications(tenant.tenant)), "run-p"));
  throwFirst(await notary(stage).inserted(await keysUnder(partitions.releases(tenant.tenant)), "run-n"));
}

interface Asking {
  readonly role?: Role;
  readonly of?: TenantScope;
  /** What happens while the API waits. */
  readonly meanwhile?: () => Promise<void>;
}

async function ask(path: string, body?: unknown, { role = "owner", of = tenant, meanwhile = stream }: Asking = {}) {
  const app = adminApi(stage, api.issuer.rules(), api.errors, { pause: meanwhile });
  const token = await api.issuer.token(`${of.tenant}-${role}`);
  const answer = await app.request(`/v1/tenants/${tenant.tenant}/${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads of an answer's JSON is for the test to check.
  return { status: answer.status, location: answer.headers.get("location"), body: (await answer.json()) as any };
}

const nothingHappens = async () => undefined;

describe("publishing", () => {
  it("answers with the release once it is shown", async () => {
    const answer = await ask("releases", { note: "The first." });
    expect(answer).toMatchObject({
      ...{ status: 201, location: `/v1/tenants/${tenant.tenant}/releases/1` },
      body: { release: 1, state: "published", note: "The first.", previous: null },
    });
    expect((await readReleasePointer(tenant))?.body).toBe(answer.body.body);
    expect(await ask("releases/1")).toMatchObject({ status: 200, body: answer.body });
    expect((await ask("releases")).body.items).toEqual([answer.body]);
    const actions = (await auditOf(tenant)).map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(["release.requested", "release.frozen", "release.published"]));
  });

  it("answers 202 with where to look when it takes longer", async () => {
    const answer = await ask("releases", {}, { meanwhile: nothingHappens });
    expect(answer).toMatchObject({ status: 202, body: { kind: "publish", state: "waiting" } });
    const path = answer.location?.replace(`/v1/tenants/${tenant.tenant}/`, "") ?? "";
    expect((await ask(path)).body).toEqual(answer.body);
    await stream();
    expect((await ask(path)).body).toMatchObject({ state: "done", release: 1 });
  });

  it("names what is wrong with the draft, by pointers", async () => {
    await writeItem(
      tenant,
      "claims",
      claim("b", { confirmation: { on: "2031-01-01", by: "x", method: "review" } as never }),
    );
    const { status, body } = await ask("releases", {});
    expect([status, body.type]).toEqual([422, "urn:candor:problem:invalid"]);
    expect(body.errors[0].pointer).toMatch(/^\/claims\/b\/confirmation/);
    expect((await ask("preview")).body.faults).toEqual(body.errors);
  });

  it("of two people at once lets one win, and gives the other 409 with the difference", async () => {
    await ask("releases", {});
    await writeItem(tenant, "claims", claim("tls", { label: { maturity: "enforced" } }));
    const answers = await Promise.all([ask("releases", {}), ask("releases", {})]);
    const lost = answers.find(({ status }) => status === 409);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(lost?.body).toMatchObject({ newest: 2, difference: { words: ["Nothing is different."] } });
  });

  it("is refused to who looked at an older state, with what publishing would change now", async () => {
    await ask("releases", {});
    await writeItem(tenant, "claims", claim("tls", { label: { maturity: "enforced" } }));
    const { status, body } = await ask("releases", { base: 0 });
    expect(status).toBe(409);
    expect(body.difference.words).toEqual(["The claim “Claim tls”: from beta to enforced."]);
    expect((await ask("releases", { base: 1 })).status).toBe(201);
  });

  it("is for owners, of this tenant", async () => {
    for (const role of ["operator", "viewer"] as const) {
      expect((await ask("releases", {}, { role })).status).toBe(403);
      expect((await ask("preview", undefined, { role })).status).toBe(200);
    }
    const stranger = { of: await newTenant(stage) };
    for (const path of ["releases", "releases/1/restore"]) expect((await ask(path, {}, stranger)).status).toBe(404);
    for (const path of ["preview", "releases", "releases/1"])
      expect((await ask(path, undefined, stranger)).status).toBe(404);
  });

  it.each([
    [{ at: "2026-11-01T00:00:00Z" }, "/at"],
    [{ at: "2031-11-01T00:00:00Z" }, "/at"],
    [{ note: "" }, "/note"],
    [{ when: "now" }, "/when"],
    [{ base: -1 }, "/base"],
  ])("does not take %j", async (given, pointer) => {
    const { status, body } = await ask("releases", given);
    expect([status, body.errors[0].pointer]).toEqual([422, pointer]);
  });
});

describe("a scheduled publication", () => {
  const tomorrow = () => new Date(stage.clock.now().getTime() + day).toISOString();

  it("waits for its moment", async () => {
    const at = tomorrow();
    const answer = await ask("releases", { at, note: "For Monday." });
    expect(answer).toMatchObject({ status: 202, body: { state: "waiting", scheduledFor: at, note: "For Monday." } });
    expect((await ask("releases/requests")).body.items).toEqual([answer.body]);
    stage.clock.forward(day + hour);
    throwFirst(await publisher(stage).scheduled(stage.clock.now(), "run-p"));
    expect((await ask(`releases/requests/${answer.body.id}`)).body).toMatchObject({ state: "done", release: 1 });
    expect((await ask("releases/1")).body).toMatchObject({ scheduledFor: at });
  });

  it("can be called off, once", async () => {
    const { body } = await ask("releases", { at: tomorrow() });
    const path = `releases/requests/${body.id}/cancel`;
    expect((await ask(path, {}, { role: "operator" })).status).toBe(403);
    expect((await ask(path, {})).body).toMatchObject({ state: "cancelled" });
    expect((await ask(path, {})).status).toBe(409);
    stage.clock.forward(day + hour);
    throwFirst(await publisher(stage).scheduled(stage.clock.now(), "run-p"));
    expect((await ask("releases")).body.items).toEqual([]);
  });
});

describe("a preview", () => {
  it("is what would be published, with what it would change", async () => {
    await writeItem(tenant, "claims", claim("secret", { visibility: "internal" }));
    expect((await ask("preview")).body).toMatchObject({ newest: 0, faults: [], difference: null });
    await ask("releases", {});
    await writeItem(tenant, "claims", claim("more"));
    const { body } = await ask("preview", undefined, { role: "viewer" });
    expect(body.difference.words).toEqual(["The claim “Claim more” is new."]);
    expect(Object.keys(body.body.content.claims)).toEqual(["more", "tls"]);
    await ask("releases", {});
    expect((await ask("releases/2/body")).body).toEqual(body.body);
    expect((await ask("releases/1/diff/2")).body).toEqual(body.difference);
    expect((await ask("releases/2/diff/draft")).body.words).toEqual(["Nothing is different."]);
  });
});

describe("an earlier release", () => {
  beforeEach(async () => {
    await ask("releases", {});
    await writeItem(tenant, "claims", claim("more"));
    await ask("releases", {});
  });

  it("is shown again as a new one", async () => {
    const { status, body } = await ask("releases/1/restore", { note: "Back." });
    expect([status, body.release, body.restores, body.note]).toEqual([201, 3, 1, "Back."]);
    expect(body.body).toBe((await ask("releases/1")).body.body);
    expect((await ask("releases/9/restore", {})).status).toBe(404);
  });

  it("is taken away with a reason; the one that is shown is not", async () => {
    const reason = "It named a person.";
    expect((await ask("releases/2/withdraw", { reason })).status).toBe(409);
    expect((await ask("releases/1/withdraw", {})).status).toBe(422);
    expect(await ask("releases/1/withdraw", { reason })).toMatchObject({
      ...{ status: 200, body: { release: 1, state: "withdrawn" } },
    });
    expect((await ask("releases/1/body")).status).toBe(410);
    expect((await ask("releases/1/diff/2")).status).toBe(410);
    expect((await ask("releases/1/restore", {})).status).toBe(410);
    expect((await ask("releases")).body.items).toHaveLength(2);
  });
});
