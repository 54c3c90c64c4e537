import { Hono } from "hono";
import { authenticate, type TokenRules } from "#shared/access/bearer.ts";
import { scopeOfMember } from "#shared/access/scope.ts";
import { Failure } from "#shared/failure.ts";
import { problemResponse } from "#shared/http/problem.ts";
import type { Random } from "#shared/report/identifier.ts";
import { KeyUnavailable } from "#shared/sealing/vault.ts";
import type { Table } from "#shared/store/table.ts";
import { keyRoutes } from "./keys.ts";
import { ledgerRoutes } from "./ledger.ts";
import { notFound, reportRoutes } from "./reports.ts";
import type { AsTenant } from "./tenant-ports.ts";
import type { TenantVariables } from "./tenant-request.ts";
import { randomRoutes, transitRoutes } from "./transit.ts";

export interface AdminPorts {
  readonly table: Table;
  readonly asTenant: AsTenant;
  readonly tokens: TokenRules;
  readonly bucket: string;
  readonly ledgerBucket: string;
  readonly now: () => Date;
  readonly random: Random;
  /** Told of what went wrong without anybody's intention; never of a request's content. */
  readonly report: (error: unknown, request: string) => void;
}

/** What can be changed so far. */
const writable = /^\/v1\/tenants\/[^/]+\/(?:keys|random)(?:\/|$)/;

/** The tenant API. The order is the order of trust: who is it, may they, then the routes. */
export function createAdminApi(ports: AdminPorts) {
  const app = new Hono<{ Variables: TenantVariables }>();

  app.onError((error, c) => {
    const known = error instanceof KeyUnavailable ? new Failure("unavailable", error.message, { cause: error }) : error;
    if (!(known instanceof Failure)) ports.report(known, c.var.request);
    return problemResponse(known, c.var.request);
  });
  app.notFound((c) => problemResponse(notFound(), c.var.request));

  app.use(async (c, next) => {
    c.set("request", requestId(c.env) ?? crypto.randomUUID());
    await next();
  });
  app.get("/healthz", (c) => c.text("ok\n"));

  app.use("/v1/*", async (c, next) => {
    const understood = writable.test(c.req.path) ? ["GET", "HEAD", "POST", "PATCH", "DELETE"] : ["GET", "HEAD"];
    if (!understood.includes(c.req.method))
      throw new Failure("method-not-allowed", `${understood.join(", ")} is understood here.`);
    c.set("who", await authenticate(ports.tokens, c.req.header("authorization"), ports.now()));
    await next();
    c.res.headers.set("cache-control", "no-store");
  });
  app.get("/v1/me", (c) => c.json(c.var.who));

  app.use("/v1/tenants/:tenant/*", async (c, next) => {
    const session = { ports: undefined as Awaited<ReturnType<AsTenant>> | undefined };
    const member = await scopeOfMember(ports.table, c.req.param("tenant"), c.var.who, async (tenant) => {
      session.ports = await ports.asTenant(tenant);
      return session.ports.table;
    });
    if (!member || !session.ports) throw notFound();
    c.set("role", member.role);
    c.set("member", member.member);
    c.set("scope", member.scope);
    c.set("ports", session.ports);
    await next();
  });
  app.route("/v1/tenants/:tenant/reports", reportRoutes(ports));
  app.route("/v1/tenants/:tenant/ledger", ledgerRoutes(ports));
  app.route("/v1/tenants/:tenant/keys", keyRoutes(ports));
  app.route("/v1/tenants/:tenant/keys", transitRoutes(ports));
  app.route("/v1/tenants/:tenant/random", randomRoutes(ports));

  return app;
}

/** The number that API Gateway or the function URL gave this request. */
function requestId(environment: unknown): string | undefined {
  const context = environment as { event?: { requestContext?: { requestId?: string } } } | undefined;
  return context?.event?.requestContext?.requestId;
}
