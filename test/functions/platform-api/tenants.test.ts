import { describe, expect, it } from "vitest";
import { scopeOfWork } from "#shared/access/scope.ts";
import { tenantOfAddress } from "#shared/store/addresses.ts";
import { listMembers } from "#shared/store/members.ts";
import { readProfile } from "#shared/store/profiles.ts";
import { issuerName } from "#test/stage/issuer.ts";
import { day } from "#test/stage/movable-clock.ts";
import { auditOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { creation, useOperator } from "./operator-client.ts";

const stage = useStage();
const operator = useOperator(stage);
const { ask } = operator;
const scopeOf = (slug: string) => scopeOfWork(stage.table, slug);

/** A tenant that was created, with its tag. */
async function created(change: Record<string, unknown> = {}) {
  const body = creation(change);
  const answer = await ask("POST /v1/tenants", { body });
  expect(answer.status).toBe(201);
  return { slug: body.slug, contact: body.contacts[0] ?? "", etag: answer.etag, path: `/v1/tenants/${body.slug}` };
}

const actionsOf = async (slug: string) =>
  (await auditOf(scopeOf(slug))).map(({ action, actor, target }) => ({ action, actor, target }));

describe("creating a tenant", () => {
  it("makes it whole: record, owner, addresses, the order to make its keys, and its first audit event", async () => {
    const body = creation({ languages: ["de", "en"], calendar: { regions: ["AT"], closingDays: ["--12-24"] } });
    const answer = await ask("POST /v1/tenants", { body });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("location")).toBe(`/v1/tenants/${body.slug}`);
    expect(answer.body).toMatchObject({
      ...{ slug: body.slug, state: "active", languages: ["de", "en"], contacts: body.contacts },
      ...{ host: `${body.slug}.localhost`, hosts: [], identity: `/v1/tenants/${body.slug}/issuers` },
    });
    const scope = scopeOf(body.slug);
    const { members } = await listMembers(scope);
    expect(members).toMatchObject([{ issuer: issuerName, subject: `${body.slug}-owner`, role: "owner" }]);
    expect(await tenantOfAddress(stage.table, body.contacts[0] ?? "")).toBe(body.slug);
    expect(await stage.table.get({ pk: `SIGNING#${body.slug}#`, sk: "RENEWAL" })).toBeDefined();
    const name = expect.stringMatching(/^[a-z2-7]{26}$/);
    expect(await actionsOf(body.slug)).toEqual([
      { action: "tenant.created", actor: { operator: name }, target: { tenant: body.slug } },
    ]);
  });

  it("names an operator in the log by one opaque name, and nobody's subject", async () => {
    const [one, other] = [await created(), await created()];
    const [first] = await actionsOf(one.slug);
    const [second] = await actionsOf(other.slug);
    expect(first?.actor).toEqual(second?.actor);
    const body = creation();
    const authorization = `Bearer ${await operator.issuer.token("ops-2", { groups: ["platform"] })}`;
    await ask("POST /v1/tenants", { body, authorization });
    const [third] = await actionsOf(body.slug);
    expect(third?.actor).not.toEqual(first?.actor);
    expect(JSON.stringify([first, third])).not.toContain("ops-");
  });

  it("gives the slug to one of two who ask at once, and leaves nothing of the other", async () => {
    const body = creation();
    const other = { ...body, contacts: [`other@${body.slug}.example`], owner: { subject: "somebody-else" } };
    const answers = await Promise.all([ask("POST /v1/tenants", { body }), ask("POST /v1/tenants", { body: other })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    const won = answers[0]?.status === 201 ? body : other;
    const lost = won === body ? other : body;
    expect((await listMembers(scopeOf(body.slug))).members.map(({ subject }) => subject)).toEqual([won.owner.subject]);
    expect(await tenantOfAddress(stage.table, lost.contacts[0] ?? "")).toBeUndefined();
    expect(await actionsOf(body.slug)).toHaveLength(1);
  });

  it("fails for an address that is another tenant's, as a whole", async () => {
    const { contact } = await created();
    const body = creation({ contacts: ["free@merlin.example", contact] });
    const answer = await ask("POST /v1/tenants", { body });
    expect([answer.status, answer.body.type]).toEqual([409, "urn:candor:problem:conflict"]);
    expect(JSON.stringify(answer.body)).not.toContain(contact);
    expect(await readProfile(scopeOf(body.slug))).toBeUndefined();
    expect(await tenantOfAddress(stage.table, "free@merlin.example")).toBeUndefined();
  });

  it.each([
    ["a reserved slug", { slug: "console" }, "/slug"],
    ["a slug that is none", { slug: "Not A Slug" }, "/slug"],
    ["a zone that is none", { timeZone: "Mars/Base" }, "/timeZone"],
    ["no owner", { owner: undefined }, "/owner"],
    ["an issuer that is no address", { owner: { issuer: "login", subject: "x" } }, "/owner/issuer"],
    ["a field that is not known", { plan: "gold" }, "/plan"],
    ["a standing of its own", { standing: { state: "active" } }, "/standing"],
  ])("refuses %s", async (_, change, pointer) => {
    const answer = await ask("POST /v1/tenants", { body: { ...creation(), ...change } });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual([pointer]);
  });

  it("is done once under an Idempotency-Key, and answers the same", async () => {
    const body = creation();
    const key = crypto.randomUUID();
    const first = await ask("POST /v1/tenants", { body, key });
    const again = await ask("POST /v1/tenants", { body, key });
    expect([first.status, again.status, again.headers.get("idempotency-replayed")]).toEqual([201, 201, "true"]);
    expect(again.body).toEqual(first.body);
    expect((await ask("POST /v1/tenants", { body: creation(), key })).status).toBe(422);
    expect((await ask("POST /v1/tenants", { body })).status).toBe(409);
  });
});

describe("the list of tenants", () => {
  it("shows each once, page by page, and takes no cursor but its own", async () => {
    const made = [await created(), await created(), await created()].map(({ slug }) => slug);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? "" : `&cursor=${cursor}`;
      const { status, body } = await ask(`GET /v1/tenants?limit=2${query}`);
      expect(status).toBe(200);
      seen.push(...body.items.map(({ slug }: { slug: string }) => slug));
      cursor = body.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen).toEqual(expect.arrayContaining(made));
    for (const forged of ["x", Buffer.from('"a"').toString("base64url")])
      expect((await ask(`GET /v1/tenants?cursor=${forged}`)).status).toBe(400);
  });
});

describe("changing a tenant", () => {
  it("merges the patch, claims and frees addresses, and tells the log which fields", async () => {
    const { path, slug, contact, etag } = await created();
    const next = `psirt@${slug}.example`;
    const changed = await ask(`PATCH ${path}`, { ifMatch: etag, body: { name: "Merlin", contacts: [next] } });
    expect([changed.status, changed.body.name, changed.body.contacts]).toEqual([200, "Merlin", [next]]);
    expect(changed.etag).not.toBe(etag);
    expect((await ask(`GET ${path}`)).body).toEqual(changed.body);
    expect(await tenantOfAddress(stage.table, contact)).toBeUndefined();
    expect(await tenantOfAddress(stage.table, next)).toBe(slug);
    expect((await actionsOf(slug)).map(({ action, target }) => ({ action, target }))).toEqual(
      expect.arrayContaining([{ action: "tenant.changed", target: { changed: "contacts name" } }]),
    );
  });

  it("needs the state that it changes: 428 without, 412 for an old one", async () => {
    const { path, etag } = await created();
    const body = { about: "x" };
    expect((await ask(`PATCH ${path}`, { body })).status).toBe(428);
    expect((await ask(`PATCH ${path}`, { body, ifMatch: etag })).status).toBe(200);
    expect((await ask(`PATCH ${path}`, { body, ifMatch: etag })).status).toBe(412);
    expect((await ask(`DELETE ${path}`)).status).toBe(428);
    expect((await ask(`DELETE ${path}`, { ifMatch: etag })).status).toBe(412);
  });

  it("is done by one of two at once", async () => {
    const { path, etag } = await created();
    const rename = (name: string) => ask(`PATCH ${path}`, { ifMatch: etag, body: { name } });
    const statuses = (await Promise.all([rename("One"), rename("Two")])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 412]);
  });

  it.each([
    ["a slug", { slug: "other" }, "/slug"],
    ["a version", { version: 9 }, "/version"],
    ["no name", { name: null }, "/name"],
    ["a deletion", { state: "closing" }, "/state"],
    ["a suspension without a reason", { state: "suspended" }, "/suspension/reason"],
    ["an end", { state: "closed" }, "/state"],
  ])("refuses %s", async (_, body, pointer) => {
    const { path, etag } = await created();
    const answer = await ask(`PATCH ${path}`, { ifMatch: etag, body });
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, pointer]);
  });

  it("suspends, says why and since when, and ends it", async () => {
    const { path, slug, etag } = await created();
    const reason = "The contract ended.";
    const off = await ask(`PATCH ${path}`, { ifMatch: etag, body: { state: "suspended", suspension: { reason } } });
    const since = stage.clock.now().toISOString();
    expect(off.body).toMatchObject({ state: "suspended", suspension: { reason, since } });
    const on = await ask(`PATCH ${path}`, { ifMatch: off.etag, body: { state: "active" } });
    expect([on.body.state, on.body.suspension]).toEqual(["active", undefined]);
    expect((await actionsOf(slug)).map(({ action }) => action).sort()).toEqual([
      "tenant.activated",
      "tenant.created",
      "tenant.suspended",
    ]);
  });
});

describe("deleting a tenant", () => {
  it("begins with 30 days in which it can be taken back", async () => {
    const { path, slug, etag } = await created();
    const begun = await ask(`DELETE ${path}`, { ifMatch: etag });
    const until = new Date(stage.clock.now().getTime() + 30 * day).toISOString();
    expect([begun.status, begun.body.state, begun.body.closing.until]).toEqual([202, "closing", until]);
    const again = await ask(`DELETE ${path}`, { ifMatch: begun.etag });
    expect([again.status, again.etag]).toEqual([202, begun.etag]);
    const back = await ask(`PATCH ${path}`, { ifMatch: begun.etag, body: { state: "active" } });
    expect([back.status, back.body.state, back.body.closing]).toEqual([200, "active", undefined]);
    expect((await actionsOf(slug)).map(({ action }) => action).sort()).toEqual([
      "tenant.activated",
      "tenant.closing",
      "tenant.created",
    ]);
  });

  it("can't be taken back when its time is over, and its slug is not given out again", async () => {
    const { path, slug, etag } = await created();
    const { etag: tag } = await ask(`DELETE ${path}`, { ifMatch: etag });
    stage.clock.forward(30 * day);
    for (const body of [{ state: "active" }, { name: "x" }])
      expect((await ask(`PATCH ${path}`, { ifMatch: tag, body })).status).toBe(409);
    expect((await ask("POST /v1/tenants", { body: creation({ slug, contacts: ["new@x.example"] }) })).status).toBe(409);
  });
});

describe("a tenant that never was", () => {
  it.each(["nobody", "console", "Not-A-Slug", "a%2Fb"])("is not found: %s", async (slug) => {
    for (const request of [`GET /v1/tenants/${slug}`, `DELETE /v1/tenants/${slug}`])
      expect((await ask(request, { ifMatch: '"1"' })).status).toBe(404);
  });
});

it("reported nothing that nobody meant", () => expect(operator.errors).toEqual([]));
