/**
 * What visitors send from the pages below `/subscribe`, which `trust-site` shows: `POST` alone, answered by the way to the page that
 * says what came of it, or for a program by JSON.
 */
import { type Context, Hono } from "hono";
import * as z from "zod";
import { type KnownTenant, scopeOfSite } from "#shared/access/scope.ts";
import { Failure } from "#shared/failure.ts";
import { parseJson, readBody } from "#shared/http/body.ts";
import { problemResponse } from "#shared/http/problem.ts";
import { parseInput } from "#shared/http/validate.ts";
import { SubscriptionRequest } from "#shared/subscription/subscription.ts";
import type { SubscriptionPorts } from "./ports.ts";
import { subscriptionDesk } from "./subscribe.ts";

/** An address and two choices, or a token. */
const largestForm = 4_096;
const Token = z.strictObject({ token: z.string().max(200) });
/** What a mail program sends for one click (RFC 8058 section 3.2); the token is in the address. */
const OneClick = z.strictObject({ "List-Unsubscribe": z.literal("One-Click") });

type Env = { Variables: { readonly tenant: KnownTenant; readonly request: string } };

export function createSubscriptions(ports: SubscriptionPorts) {
  const desk = subscriptionDesk(ports);
  const app = new Hono<Env>();

  app.onError((error, c) => {
    if (!(error instanceof Failure)) ports.report(error, c.var.request);
    // A person who filled in a form is shown the form again; what was wrong stands there.
    if (error instanceof Failure && error.code === "invalid" && isPage(c)) return seeOther("/subscribe?fault=address");
    return problemResponse(error, c.var.request);
  });
  app.notFound((c) => problemResponse(new Failure("not-found", "There is nothing here."), c.var.request));

  app.use(async (c, next) => {
    c.set("request", requestId(c.env) ?? crypto.randomUUID());
    await next();
  });
  app.use("/subscribe/*", async (c, next) => {
    const host = (c.req.header("host") ?? "").toLowerCase().replace(/:\d+$/, "");
    const tenant = await scopeOfSite(ports.table, host, ports.siteDomain);
    if (!tenant) throw new Failure("misdirected", "This host is not served here. Check its name.");
    if (tenant.profile.standing.state !== "active")
      throw new Failure("suspended", "This trust center is not served now, and takes no subscriptions.");
    c.set("tenant", tenant);
    await next();
  });

  app.post("/subscribe", async (c) => {
    const request = parseInput(SubscriptionRequest, await formOf(c));
    await desk.ask(c.var.tenant, request, c.var.request);
    return isPage(c) ? seeOther("/subscribe/sent") : c.json({ state: "asked" }, 202);
  });

  app.post("/subscribe/confirm", async (c) => {
    const { token } = parseInput(Token, await formOf(c));
    const confirmed = await desk.confirm(c.var.tenant, token, c.var.request);
    if (isPage(c)) return seeOther(confirmed ? "/subscribe/confirmed" : "/subscribe/expired");
    if (!confirmed) throw new Failure("not-found", "Nothing waits for this confirmation. Ask for the mail again.");
    return c.json({ state: "active" });
  });

  app.post("/subscribe/unsubscribe", async (c) => {
    const query = c.req.query("token");
    const form = await formOf(c);
    const { token } = query === undefined ? parseInput(Token, form) : { token: query, ...parseInput(OneClick, form) };
    const ended = await desk.leave(c.var.tenant, token, c.var.request);
    // A mail program that clicks for its reader must not be sent elsewhere (RFC 8058 section 3.2).
    if (query === undefined && isPage(c)) return seeOther(ended ? "/subscribe/ended" : "/subscribe/expired");
    if (!ended) throw new Failure("not-found", "This link ends no subscription. Use the one in the newest mail.");
    return c.json({ state: "ended" });
  });

  return app;
}

/** A form as its fields, or JSON. A field that comes twice is refused: nobody's form has one. */
async function formOf(c: Context<Env>): Promise<unknown> {
  const text = await readBody(c.req.raw, largestForm);
  const type = (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type === "application/json") return parseJson(text);
  if (type !== "application/x-www-form-urlencoded")
    throw new Failure("invalid-request", "Send a form (application/x-www-form-urlencoded) or JSON (application/json).");
  const fields = [...new URLSearchParams(text)];
  if (new Set(fields.map(([name]) => name)).size < fields.length)
    throw new Failure("invalid-request", "Send each field once.");
  return Object.fromEntries(fields);
}

const isPage = (c: Context<Env>): boolean => (c.req.header("accept") ?? "").includes("text/html");

/** Lets a browser ask for the page; a reload of it sends nothing again. */
const seeOther = (location: string): Response =>
  new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });

/** The number that API Gateway gave this request. */
function requestId(environment: unknown): string | undefined {
  const context = environment as { event?: { requestContext?: { requestId?: string } } } | undefined;
  return context?.event?.requestContext?.requestId;
}
