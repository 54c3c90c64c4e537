/** The frame of an API: what is the same for every request, and how an operation is declared. */
import { type Context, Hono } from "hono";
import * as z from "zod";
import { Failure } from "#shared/failure.ts";
import { parseJson, readBody, usualBody } from "./body.ts";
import { openApiDocument } from "./openapi.ts";
import type { Handle, Operation } from "./operation.ts";
import { problemResponse } from "./problem.ts";
import { referencePage } from "./reference-page.ts";
import { standingHeaders } from "./standing-headers.ts";
import { invalid, parseInput } from "./validate.ts";

export interface ApiVariables {
  /** The request's number. */
  request: string;
  /** Headers of every answer to this request. */
  headers: Readonly<Record<string, string>>;
  /** The body as it came; empty where none came or none is taken. */
  body: string;
}

type ApiEnv = { Variables: ApiVariables };

export interface ApiSettings<E extends ApiEnv> {
  readonly title: string;
  readonly description: string;
  /** Where its document and its reference are: `/openapi.json` and `/` on a host of its own. */
  readonly documentAt: string;
  readonly referenceAt: string;
  /** Told of what went wrong without anybody's intention; never of a request's content. */
  readonly report: (error: unknown, request: string) => void;
  /** Told of every request that is refused, before the refusal goes out. */
  readonly refused?: (failure: Failure, c: Context<E>) => Promise<void>;
  /** What an error of a port means to a client, where it means anything. */
  readonly meaning?: (error: unknown) => unknown;
}

export interface Api<E extends ApiEnv> {
  readonly app: Hono<E>;
  /** What was declared, in order. */
  readonly operations: readonly Operation[];
  /**
   * Adds an operation. `admit` comes before anything that was sent is looked at, `carryOut` goes around the handler once all
   * of it is as it should be.
   */
  declare<const O extends Operation>(operation: O, handle: Handle<E, O>, around?: Around<E>): void;
}

interface Around<E extends ApiEnv> {
  readonly admit?: (c: Context<E>) => void | Promise<void>;
  readonly carryOut?: (c: Context<E>, run: () => Promise<Response>) => Promise<Response>;
}

export function newApi<E extends ApiEnv>(settings: ApiSettings<E>): Api<E> {
  const app = new Hono<E>();
  const operations: Operation[] = [];
  const paths: { readonly shape: RegExp; readonly method: string }[] = [];

  app.onError(async (error, c) => {
    const known = settings.meaning?.(error) ?? error;
    if (!(known instanceof Failure)) settings.report(known, c.var.request);
    else await settings.refused?.(known, c);
    return problemResponse(known, c.var.request, c.var.headers);
  });
  app.notFound((c) => {
    const methods = paths.filter(({ shape }) => shape.test(c.req.path)).map(({ method }) => method);
    if (methods.length === 0) throw notFound();
    const allow = methods.join(", ");
    giveHeaders(c, { allow });
    throw new Failure("method-not-allowed", `${allow} is understood here.`);
  });
  app.use(async (c, next) => {
    c.set("request", requestId(c.env) ?? crypto.randomUUID());
    c.set("body", "");
    giveHeaders(c, standingHeaders);
    await next();
  });

  const declare: Api<E>["declare"] = (operation, handle, { admit, carryOut } = {}) => {
    operations.push(operation);
    const method = operation.method.toUpperCase();
    paths.push({ shape: shapeOf(operation.path), method: method === "GET" ? "GET, HEAD" : method });
    app.on(method, operation.path.replaceAll(/\{(\w+)\}/g, ":$1"), async (c) => {
      await admit?.(c);
      await readInput(c, operation);
      const run = async () => handle(c as unknown as Parameters<typeof handle>[0]);
      return carryOut ? carryOut(c, run) : run();
    });
  };
  const api = { app, operations, declare };

  let document: string | undefined;
  declare(
    {
      ...{ method: "get", path: settings.documentAt, permission: "open", group: "About this API" },
      summary: "This API as an OpenAPI 3.1 document",
      answers: { 200: { description: "The document.", mediaType: "application/json" } },
    },
    (c) => {
      document ??= JSON.stringify(openApiDocument(settings, operations));
      return c.body(document, 200, { "content-type": "application/json", "cache-control": "public, max-age=300" });
    },
  );
  declare(
    {
      ...{ method: "get", path: settings.referenceAt, permission: "open", group: "About this API" },
      summary: "This API as a page to read",
      answers: { 200: { description: "The page.", mediaType: "text/html" } },
    },
    async (c) => {
      const { body, headers } = await referencePage(settings, operations);
      return c.body(body, 200, { ...headers, "cache-control": "public, max-age=300" });
    },
  );
  return api;
}

/** The paths that an operation is for, as far as they are told apart by their shape. */
const shapeOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+").replaceAll(".", "\\.")}$`);

/** Headers for every answer to this request from here on. */
function giveHeaders<E extends ApiEnv>(c: Context<E>, headers: Readonly<Record<string, string>>): void {
  c.set("headers", { ...c.var.headers, ...headers });
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
}

/** One text for everything that is not there, or not yours. */
export const notFound = (): Failure => new Failure("not-found", "There is nothing here that you may see.");

/** The order matters: what names a thing that can't be says 404 before anything else is looked at. */
async function readInput<E extends ApiEnv>(c: Context<E>, operation: Operation): Promise<void> {
  const { params, query, body, bodyAtMost = usualBody, bodyMayBeAbsent } = operation;
  if (params) {
    const parsed = params.safeParse(c.req.param());
    if (!parsed.success) throw notFound();
    c.req.addValidatedData("param", parsed.data);
  }
  if (operation.method !== "get") c.set("body", await readBody(c.req.raw, bodyAtMost));
  if (operation.ifMatch === "required" && c.req.header("if-match") === undefined)
    throw new Failure(
      "precondition-required",
      "Say which state of the thing you change: send the ETag that you read as If-Match.",
    );
  c.req.addValidatedData("query", readQuery(c.req.queries(), query));
  if (operation.method === "get" || operation.textBody) return;
  const given = c.var.body === "" && (bodyMayBeAbsent || !body) ? {} : parseJson(c.var.body);
  c.req.addValidatedData("json", parseInput(operation.bodyBy?.(given) ?? body ?? nothing, given) as object);
}

const nothing = z.strictObject({});

/** Each name at most once: which of two would count? */
function readQuery(given: Record<string, string[]>, query: Operation["query"]): object {
  const entries = Object.entries(given);
  const twice = entries.filter(([, values]) => values.length > 1);
  if (twice.length > 0)
    throw invalid(
      twice.map(([name]) => ({ pointer: `/${name}`, detail: "is given twice" })),
      "query",
    );
  const asked = Object.fromEntries(entries.map(([name, [value]]) => [name, value]));
  return parseInput(query ?? nothing, asked, "query") as object;
}

/** The number that API Gateway or the function URL gave this request. */
function requestId(environment: unknown): string | undefined {
  const context = environment as { event?: { requestContext?: { requestId?: string } } } | undefined;
  return context?.event?.requestContext?.requestId;
}
