/**
 * Releases as machines read them, below `/releases`: the list, what is known of each, the signed body with its signature and its proof
 * as files, and the difference of two. What is withdrawn answers 410 with its reason; its digest, signature and proof stay.
 */
import { Hono, type HonoRequest } from "hono";
import type { KnownTenant } from "#shared/access/scope.ts";
import { differenceOf } from "#shared/release/difference.ts";
import { differenceInWords } from "#shared/release/difference-in-words.ts";
import { type ReleaseStore, readBody } from "#shared/store/release-bodies.ts";
import type { ReleaseReader } from "#shared/store/release-reader.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { answer } from "./answer.ts";
import { releaseFacts } from "./release-facts.ts";

const json = "application/json";
const number = "[1-9][0-9]{0,7}";

export function releaseRoutes(reader: ReleaseReader, store: ReleaseStore) {
  const app = new Hono<{ Variables: { readonly tenant: KnownTenant } }>();

  app.get(`/:file{${number}\\.json}`, async (c) => {
    const found = await find(c.var.tenant, c.req.param("file"));
    if (!found) return c.notFound();
    const shown = (await reader.pointer(found.scope))?.release === found.release.release;
    return answerJson(c.req, { ...releaseFacts(found.release), shown }, found.release.withdrawn ? 410 : 200);
  });

  app.get(`/:number{${number}}/body.json`, async (c) => {
    const found = await find(c.var.tenant, c.req.param("number"));
    if (!found) return c.notFound();
    const { scope, release } = found;
    if (release.withdrawn) return answerJson(c.req, releaseFacts(release), 410);
    const bytes = await readBody(store, scope.tenant, release.body);
    return bytes ? answer(c.req.header("if-none-match"), Uint8Array.from(bytes), json) : c.notFound();
  });

  app.get(`/:number{${number}}/body.sigstore.json`, async (c) => {
    const found = await find(c.var.tenant, c.req.param("number"));
    return found ? answer(c.req.header("if-none-match"), found.release.bundle, json) : c.notFound();
  });

  app.get(`/:number{${number}}/body.tlog-proof`, async (c) => {
    const found = await find(c.var.tenant, c.req.param("number"));
    return found
      ? answer(c.req.header("if-none-match"), found.release.proof, "text/plain; charset=utf-8")
      : c.notFound();
  });

  app.get(`/:from{${number}}/diff/:file{${number}\\.json}`, async (c) => {
    const [one, other] = [await find(c.var.tenant, c.req.param("from")), await find(c.var.tenant, c.req.param("file"))];
    if (!one || !other) return c.notFound();
    const [before, after] = await Promise.all([one, other].map(({ scope, release }) => reader.body(scope, release)));
    if (!before || !after) return answerJson(c.req, releaseFacts((before ? other : one).release), 410);
    const difference = differenceOf(before, after);
    const names = { from: one.release.release, to: other.release.release };
    return answerJson(c.req, { ...names, words: differenceInWords(difference), ...difference });
  });

  return app;

  async function find({ scope }: KnownTenant, name: string) {
    const release = await reader.release(scope, Number.parseInt(name, 10));
    return release && { scope, release };
  }
}

/** The list of releases, the newest first: `/releases.json`. `before` is a number; `next` says where the following page starts. */
export async function releaseList(reader: ReleaseReader, scope: TenantScope, request: HonoRequest): Promise<Response> {
  const given = request.query("before");
  const before = given !== undefined && new RegExp(`^${number}$`).test(given) ? Number(given) : undefined;
  const [pointer, { releases, next }] = await Promise.all([reader.pointer(scope), reader.list(scope, before)]);
  const items = releases.map(releaseFacts);
  return answerJson(request, {
    shown: pointer?.release ?? null,
    items,
    ...(next === undefined ? {} : { next: `/releases.json?before=${String(next)}` }),
  });
}

function answerJson(request: HonoRequest, value: unknown, status = 200): Response {
  return answer(request.header("if-none-match"), JSON.stringify(value), json, status);
}
