import { beforeEach, describe, expect, it } from "vitest";
import { attemptSeconds } from "#shared/store/idempotent-requests.ts";
import { partitions } from "#shared/store/keys.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { useApi } from "#test/stage/api-client.ts";
import type { CheckedApi } from "#test/stage/checked-api.ts";
import { adminApi } from "#test/stage/doors.ts";
import { type Death, mortal } from "#test/stage/dying.ts";
import { day } from "#test/stage/movable-clock.ts";
import { auditOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const api = useApi(stage);
let tenant: TenantScope;
let app: CheckedApi;
beforeEach(async () => {
  tenant = await newTenant(stage);
  app = adminApi(stage, api.issuer.rules(), api.errors);
  stage.faults.clear();
  api.errors.length = 0;
});

interface Asking {
  readonly by?: CheckedApi;
  readonly role?: "owner" | "operator";
  readonly tenant?: TenantScope;
}

async function post(path: string, body: unknown, key: string, { by = app, role = "owner", tenant: of }: Asking = {}) {
  const { tenant: slug } = of ?? tenant;
  const token = await api.issuer.token(`${slug}-${role}`);
  const answer = await by.request(`/v1/tenants/${slug}/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "idempotency-key": key },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  const { request: _, ...rest } = JSON.parse(text);
  return {
    status: answer.status,
    body: rest,
    again: answer.headers.get("idempotency-replayed") === "true",
    headers: answer.headers,
  };
}

const makeKey = (name = "k") => ({ name, purpose: "encryption" });
const made = async () => (await auditOf(tenant)).map(({ action }) => action);
const kept = async () => (await stage.table.list({ partition: partitions.idempotency(tenant.tenant) })).items;
const versions = async () => {
  const token = await api.issuer.token(`${tenant.tenant}-owner`);
  const headers = { authorization: `Bearer ${token}` };
  const answer = await app.request(`/v1/tenants/${tenant.tenant}/keys/k`, { headers });
  return ((await answer.json()) as { versions: unknown[] }).versions.length;
};

describe("a request under an Idempotency-Key", () => {
  it("is carried out once and answered the same for a day, headers too, and then is a new one", async () => {
    const first = await post("keys", makeKey(), "key-1");
    expect(first).toMatchObject({ status: 201, again: false });
    stage.clock.forward(day - 1_000);
    const again = await post("keys", makeKey(), "key-1");
    expect(again).toMatchObject({ status: 201, again: true, body: first.body });
    for (const name of ["etag", "location", "content-type"])
      expect(again.headers.get(name)).toBe(first.headers.get(name));
    expect(await made()).toEqual(["key.created"]);
    stage.clock.forward(2_000);
    // As a new request it meets what the first one made.
    expect((await post("keys", makeKey(), "key-1")).body.type).toBe("urn:candor:problem:conflict");
  });

  it("keeps random answers too, and nothing of key and answer in clear", async () => {
    const first = await post("random", { bytes: 32 }, "a-key-of-mine");
    expect(await post("random", { bytes: 32 }, "a-key-of-mine")).toMatchObject({ body: first.body, again: true });
    const stored = (await kept()).map((item) =>
      Object.values(item)
        .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value)))
        .join("\n"),
    );
    expect(stored).toHaveLength(1);
    for (const secret of ["a-key-of-mine", first.body.random, "bytes", "random"])
      expect(stored[0]).not.toContain(secret);
  });

  it("is refused with another body, query or none", async () => {
    await post("keys", makeKey(), "key-1");
    for (const body of [makeKey("other"), { ...makeKey(), origin: "platform" }])
      expect(await post("keys", body, "key-1")).toMatchObject({
        ...{ status: 422, body: { type: "urn:candor:problem:key-reused" } },
      });
    expect(await made()).toEqual(["key.created"]);
  });

  it("is another one for somebody else, another path and another tenant", async () => {
    const first = await post("random", {}, "key-1");
    const other = await newTenant(stage);
    for (const answer of [
      await post("random", {}, "key-1", { role: "operator" }),
      await post("random", {}, "key-1", { tenant: other }),
    ])
      expect([answer.again, answer.body.random === first.body.random]).toEqual([false, false]);
    expect(await post("keys", makeKey(), "key-1")).toMatchObject({ status: 201 });
  });

  it("of many at once is carried out once; the others hear that it is in progress, or its answer", async () => {
    await post("keys", makeKey(), "make");
    const answers = await Promise.all(Array.from({ length: 8 }, () => post("keys/k/rotate", {}, "key-1")));
    const fresh = answers.filter(({ status, again }) => status === 200 && !again);
    expect(fresh).toHaveLength(1);
    for (const { status, body, headers } of answers.filter((answer) => answer.status !== 200)) {
      expect([status, body.type]).toEqual([409, "urn:candor:problem:in-progress"]);
      expect(headers.get("retry-after")).toMatch(/^\d+$/);
    }
    expect(await versions()).toBe(2);
    expect(await post("keys/k/rotate", {}, "key-1")).toMatchObject({ again: true, body: fresh[0]?.body });
  });

  it("that came to nothing can be sent again at once", async () => {
    expect((await post("keys/k/rotate", {}, "key-1")).status).toBe(404);
    await post("keys", makeKey(), "make");
    expect(await post("keys/k/rotate", {}, "key-1")).toMatchObject({ status: 200, again: false });
    stage.faults.table = ({ operation }) =>
      operation === "TransactWriteItems" ? { name: "InternalServerError" } : undefined;
    expect((await post("keys/k/rotate", {}, "key-2")).status).toBe(500);
    stage.faults.clear();
    expect((await post("keys/k/rotate", {}, "key-2")).status).toBe(200);
    expect(await versions()).toBe(3);
  });

  it("leaves a large answer of what changed nothing to be made anew", async () => {
    await post("keys", makeKey(), "make");
    const plaintext = Buffer.alloc(400_000).toString("base64");
    const first = await post("keys/k/encrypt", { plaintext }, "key-1");
    const second = await post("keys/k/encrypt", { plaintext }, "key-1");
    expect([first.status, second.status, second.again]).toEqual([200, 200, false]);
  });

  it.each(["", " ", "a b", "x".repeat(256), "ä"])("is refused under the key %j", async (key) => {
    expect((await post("random", {}, key)).status).toBe(400);
  });
});

describe("a request whose process dies at any of its calls of the table", () => {
  it.each(["before", "after"] as const)("%s the call is carried out is not carried out twice", async (when) => {
    const outcomes = new Set<string>();
    for (let at = 1; ; at++) {
      tenant = await newTenant(stage);
      await post("keys", makeKey(), "make");
      const death: Death = { at, when };
      let died = () => false;
      const dying = adminApi(stage, api.issuer.rules(), [], {}, (ports) => {
        const life = mortal({ table: ports.table }, death);
        died = life.died;
        return { ...ports, table: life.ports.table };
      });
      const first = await post("keys/k/rotate", {}, "key-1", { by: dying });
      const soon = await post("keys/k/rotate", {}, "key-1");
      stage.clock.forward((attemptSeconds + 1) * 1000);
      const later = await post("keys/k/rotate", {}, "key-1");
      outcomes.add(`${String(later.status)} ${later.body.type ?? (later.again ? "again" : "now")}`);

      expect([at, await versions()]).toEqual([at, 2]);
      expect((await made()).filter((action) => action === "key.rotated")).toHaveLength(1);
      expect([200, 409]).toContain(soon.status);
      if (later.status === 409) expect(later.body.type).toBe("urn:candor:problem:carried-out");
      if (first.status === 200)
        expect(["200 again", "409 urn:candor:problem:carried-out"]).toContain([...outcomes].at(-1));
      if (!died()) break;
    }
    expect(outcomes).toContain("409 urn:candor:problem:carried-out");
  });
});
