/** What holds for every operation of every API, whichever they are: a new one is in it by itself, a new API by one row. */
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { roleArns } from "#infra/local/stand-ins.ts";
import { scopeOfWork } from "#shared/access/scope.ts";
import { connectTable } from "#shared/aws/table.ts";
import { tenantSessions } from "#shared/aws/tenant-session.ts";
import type { Operation } from "#shared/http/operation.ts";
import { standingHeaders } from "#shared/http/standing-headers.ts";
import { newIdentifier } from "#shared/report/identifier.ts";
import { readNamedKey } from "#shared/store/named-keys.ts";
import { listReports, readReport } from "#shared/store/reports.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { useApi } from "#test/stage/api-client.ts";
import type { CheckedApi } from "#test/stage/checked-api.ts";
import { adminApi } from "#test/stage/doors.ts";
import { onlyRecord } from "#test/stage/records.ts";
import { report } from "#test/stage/reporter.ts";
import { sampleBody } from "#test/stage/sample-body.ts";
import { region, tableName, useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const api = useApi(stage);
const apis: Readonly<Record<string, () => CheckedApi>> = {
  "admin-api": () => adminApi(stage, api.issuer.rules(), api.errors),
};

let [own, other] = [{} as TenantScope, {} as TenantScope];
/** What the other tenant's things are called, and what nothing is called. */
let foreign: readonly string[];
beforeAll(async () => {
  [own, other] = [await newTenant(stage), await newTenant(stage)];
  await report(stage, other);
  const { report: theirs, messages } = await onlyRecord(other);
  const owner = await api.issuer.token(`${other.tenant}-owner`);
  const app = adminApi(stage, api.issuer.rules(), api.errors);
  const made = async (path: string, body: unknown): Promise<string> => {
    const init = { method: "POST", headers: { authorization: `Bearer ${owner}` }, body: JSON.stringify(body) };
    const answer = await app.request(`/v1/tenants/${other.tenant}/${path}`, init);
    return JSON.stringify(await answer.json());
  };
  const answers = await Promise.all([
    made("keys", { name: "theirs", purpose: "encryption" }),
    made("tokens", { name: "ci", scopes: ["key.use"], days: 1 }),
    made("members", { issuer: "https://login.example", subject: "somebody", role: "viewer", name: "Somebody" }),
  ]);
  const listed = ["members", "tokens", "issuers", "trust-rules", "jobs"].map(async (path) =>
    (
      await app.request(`/v1/tenants/${other.tenant}/${path}`, { headers: { authorization: `Bearer ${owner}` } })
    ).text(),
  );
  const named = [...answers, ...(await Promise.all(listed))].flatMap((text) => text.match(/[a-z2-7]{26}/g) ?? []);
  foreign = [...new Set([theirs.id, messages[0]?.id ?? "", "theirs", "1", ...named])];
});

const tokens = new Map<string, Promise<string>>();
function tokenOf(subject: string): Promise<string> {
  const token = tokens.get(subject) ?? api.issuer.token(subject);
  tokens.set(subject, token);
  return token;
}

/** Milliseconds: every walk is some hundred requests. */
const walking = 120_000;

const never = () => newIdentifier(randomBytes);

/** An answer without what differs at each request. */
async function essence(answer: Response) {
  const text = await answer.text();
  const { request = "-" } = answer.headers.get("content-type")?.includes("problem") ? JSON.parse(text) : {};
  return {
    status: answer.status,
    text: text.replace(request, ""),
    headers: [...answer.headers].filter(([name]) => name !== "date").sort(),
  };
}

const bodies = new Map<Operation, string | undefined>();
function bodyOf(operation: Operation): string | undefined {
  if (!bodies.has(operation))
    bodies.set(operation, operation.body ? JSON.stringify(sampleBody(operation.body) ?? {}) : undefined);
  return bodies.get(operation);
}

/** Fills the path: `{tenant}` with the tenant, what else it names with `id`. */
const pathFor = ({ path }: Operation, tenant: string, id: string): string =>
  path.replace("{tenant}", tenant).replaceAll(/\{\w+\}/g, encodeURIComponent(id));

describe.each(Object.keys(apis))("every route of %s", (name) => {
  let app: CheckedApi;
  beforeAll(() => {
    app = apis[name]?.() as CheckedApi;
  });
  const closed = () => app.operations.filter(({ permission }) => permission !== "open");
  const ofTenant = () => app.operations.filter(({ path }) => path.includes("{tenant}"));

  async function ask(operation: Operation, path: string, subject?: string) {
    const authorization = subject === undefined ? {} : { authorization: `Bearer ${await tokenOf(subject)}` };
    const body = bodyOf(operation);
    const answer = await app.request(path, {
      method: operation.method.toUpperCase(),
      headers: { ...authorization, ...(operation.ifMatch ? { "if-match": "*" } : {}) },
      ...(body === undefined ? {} : { body }),
    });
    return essence(answer);
  }

  it("is in the OpenAPI document, and nothing else is", async () => {
    const document = (await (await app.request("/openapi.json")).json()) as { paths: Record<string, object> };
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(documented.toSorted()).toEqual([...app.routes].sort());
    expect(documented.length).toBeGreaterThan(20);
  });

  it(
    "asks who it is: one and the same 401 without a credential",
    async () => {
      const { request: _, ...first } = JSON.parse((await essence(await app.request("/v1/me"))).text);
      for (const operation of closed()) {
        const answer = await ask(operation, pathFor(operation, other.tenant, foreign[0] ?? ""));
        const { request: __, ...problem } = JSON.parse(answer.text);
        expect([operation.path, answer.status, problem]).toEqual([operation.path, 401, first]);
        expect(Object.fromEntries(answer.headers)).toMatchObject({ ...standingHeaders, "www-authenticate": /^Bearer/ });
      }
    },
    walking,
  );

  it(
    "is not there for another tenant's owner: byte for byte as in a tenant that never was",
    async () => {
      const subject = `${own.tenant}-owner`;
      for (const operation of ofTenant()) {
        const nothing = await ask(operation, pathFor(operation, `${own.tenant}x`, never()), subject);
        expect([operation.path, nothing.status]).toEqual([operation.path, 404]);
        await fc.assert(
          fc.asyncProperty(fc.constantFrom(...foreign), async (id) => {
            const answer = await ask(operation, pathFor(operation, other.tenant, id), subject);
            expect([operation.path, id, answer]).toEqual([operation.path, id, nothing]);
          }),
          { numRuns: 3 },
        );
      }
    },
    walking,
  );

  it(
    "answers another tenant's identifiers under one's own name as what never was",
    async () => {
      const named = ofTenant().filter(({ path }) => /\{(?!tenant)\w+\}/.test(path));
      const subject = `${own.tenant}-owner`;
      let told = 0;
      for (const operation of named) {
        const nothing = await ask(operation, pathFor(operation, own.tenant, never()), subject);
        if (nothing.status === 404) told++;
        await fc.assert(
          fc.asyncProperty(fc.constantFrom(...foreign), async (id) => {
            const answer = await ask(operation, pathFor(operation, own.tenant, id), subject);
            // What is no name of such a thing is answered as nothing too, before the rest of the request is looked at.
            if (answer.status !== 404) expect([operation.path, id, answer]).toEqual([operation.path, id, nothing]);
          }),
          { numRuns: 3 },
        );
      }
      // A sample of the body was found for nearly all; where it was not, 422 says the same of both.
      expect(told / named.length).toBeGreaterThan(0.7);
    },
    walking,
  );

  it(
    "changes nothing for a viewer: 403, whether the thing is there or not",
    async () => {
      for (const operation of ofTenant().filter(({ method }) => method !== "get")) {
        for (const id of [never(), "k"]) {
          const answer = await ask(operation, pathFor(operation, own.tenant, id), `${own.tenant}-viewer`);
          expect([operation.method, operation.path, answer.status]).toEqual([operation.method, operation.path, 403]);
        }
      }
    },
    walking,
  );

  it("finds no bug on the way", () => {
    expect(api.errors).toEqual([]);
  });
});

describe("a store function that forgets whose things it asks for", () => {
  it("is refused by the gate: the session is one tenant's, whatever the code does", async () => {
    const { report: theirs } = await onlyRecord(other);
    const connection = { region, credentials: stage.credentialsOf("admin-api") };
    const session = tenantSessions(
      { ...connection, endpoint: stage.endpoints.sts, roleArn: roleArns["admin-api-tenant"] },
      () => stage.clock.now(),
    );
    const credentials = await session(own.tenant);
    const table = connectTable({ region, endpoint: stage.endpoints.dynamodb, credentials, tableName }, Math.random);
    // As if the scope had been made from what the client named, without asking whether it may.
    const unchecked = scopeOfWork(table, other.tenant);
    for (const reach of [
      () => readReport(unchecked, theirs.id),
      () => listReports(unchecked, { limit: 1 }),
      () => readNamedKey(unchecked, "theirs"),
    ])
      await expect(reach()).rejects.toMatchObject({ name: "AccessDeniedException" });
    expect(await readReport(scopeOfWork(table, own.tenant), theirs.id)).toBeUndefined();
  });
});
