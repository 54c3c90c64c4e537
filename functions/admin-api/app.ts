import { identify, type TokenRules } from "#shared/access/caller.ts";
import { readCredential } from "#shared/access/credential.ts";
import type { FetchDocument } from "#shared/access/fetch-document.ts";
import { issuerKeys } from "#shared/access/issuer-keys.ts";
import { scopeOfCaller } from "#shared/access/scope.ts";
import { Failure } from "#shared/failure.ts";
import { newApi, notFound } from "#shared/http/api.ts";
import { apiSecret } from "#shared/http/api-secret.ts";
import { pagingOf } from "#shared/http/paging.ts";
import type { Random } from "#shared/report/identifier.ts";
import { KeyUnavailable } from "#shared/sealing/vault.ts";
import { requestsOf } from "#shared/store/idempotent-requests.ts";
import type { Table } from "#shared/store/table.ts";
import { auditRoutes } from "./audit.ts";
import { confirmationRoutes } from "./claim-confirmations.ts";
import { recordDeeds } from "./deeds.ts";
import { erasureRoutes } from "./erasure.ts";
import { reviewRoute } from "./exception-reviews.ts";
import { exportRoutes } from "./exports.ts";
import { hostRoutes } from "./hosts.ts";
import { importRoute } from "./imports.ts";
import { issuerRoutes } from "./issuers.ts";
import { jobRoutes } from "./jobs.ts";
import { keyRoutes } from "./keys.ts";
import { lastUses } from "./last-use.ts";
import { ledgerRoutes } from "./ledger.ts";
import { meRoute } from "./me.ts";
import { memberRoutes } from "./members.ts";
import { postureRoutes } from "./posture.ts";
import { randomRoute } from "./random.ts";
import { refusalNotes } from "./refusals.ts";
import { releaseRoutes } from "./releases.ts";
import { reportRoutes } from "./reports.ts";
import { settingsRoutes } from "./settings.ts";
import { standings } from "./standing.ts";
import type { AsTenant } from "./tenant-ports.ts";
import type { TenantEnv } from "./tenant-request.ts";
import { tokenExchangeRoute } from "./token-exchange.ts";
import { tokenRoutes } from "./tokens.ts";
import { transitRoutes } from "./transit.ts";
import { trustRuleRoutes } from "./trust-rules.ts";

export interface AdminPorts {
  readonly table: Table;
  readonly asTenant: AsTenant;
  readonly tokens: TokenRules;
  /** Reads what OpenID providers publish. */
  readonly fetchDocument: FetchDocument;
  readonly bucket: string;
  readonly ledgerBucket: string;
  readonly releasesBucket: string;
  /** Makes the API's secret: one call of KMS. */
  readonly makeSecret: () => Promise<Uint8Array>;
  readonly exportsBucket: string;
  /** Within it lie the hosts that the service gives its tenants. */
  readonly siteDomain: string;
  readonly now: () => Date;
  readonly random: Random;
  /** Waits so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Told of what went wrong without anybody's intention; never of a request's content. */
  readonly report: (error: unknown, request: string) => void;
  /** Told of requests for a tenant whose credentials were refused. */
  readonly turnedAway: (tenant: string, request: string) => void;
}

const description = `The API of a tenant of Candor: its reports, keys, logs and settings. Whoever asks sends an access token or a machine token as Authorization: Bearer.

Times are RFC 3339 in UTC, dates YYYY-MM-DD, durations ISO 8601. A list answers items and, where there is more, a cursor for the next page. What belongs to another tenant is answered exactly like what never was.

A change of a thing names the state that it changes: the ETag as If-Match. A POST under an Idempotency-Key is carried out once, however often it is sent within 24 hours.`;

/** The tenant API. The order is the order of trust: who is it, may they, then the routes. */
export function createAdminApi(ports: AdminPorts) {
  const api = newApi<TenantEnv>({
    ...{ title: "Candor API", description, documentAt: "/openapi.json", referenceAt: "/", report: ports.report },
    refused: refusalNotes(ports),
    meaning: (error) =>
      error instanceof KeyUnavailable ? new Failure("unavailable", error.message, { cause: error }) : error,
  });
  const { app } = api;
  const secret = apiSecret(ports.makeSecret);
  const access = { ...ports, keysOf: issuerKeys(ports) };
  const noteUse = lastUses({ ...ports, report: (error) => ports.report(error, "") });

  const standingOf = standings(ports.now);

  // Before anybody is asked who he is.
  tokenExchangeRoute(api, access);

  app.use("/v1/*", async (c, next) => {
    const { pathname, searchParams } = new URL(c.req.url);
    const credential = readCredential(c.req.header("authorization"), searchParams);
    c.set("who", await identify(access, credential, tenantNamedBy(pathname, searchParams)));
    await next();
  });

  app.use("/v1/tenants/:tenant/*", async (c, next) => {
    const session = { ports: undefined as Awaited<ReturnType<AsTenant>> | undefined };
    const found = await scopeOfCaller(ports.table, c.req.param("tenant"), c.var.who, async (tenant) => {
      session.ports = await ports.asTenant(tenant);
      return session.ports.table;
    });
    if (!found || !session.ports) throw notFound();
    const { scope, member } = found;
    if (c.var.who.kind === "machine") noteUse(scope, c.var.who);
    c.set("scope", scope);
    c.set("member", member);
    c.set("ports", session.ports);
    c.set("permissions", found.permissions);
    c.set("paging", pagingOf(c, scope.tenant, { secret, random: ports.random }));
    c.set("once", { ...ports, requests: requestsOf(scope), member, secret });
    c.set("standing", await standingOf(scope));
    c.set("isOwner", found.role === "owner");
    recordDeeds(c, ports);
    await next();
  });

  meRoute(api, ports);
  memberRoutes(api, ports);
  tokenRoutes(api, ports);
  issuerRoutes(api, ports);
  trustRuleRoutes(api, ports);
  reportRoutes(api, ports);
  ledgerRoutes(api, ports);
  auditRoutes(api, ports);
  keyRoutes(api, ports);
  transitRoutes(api, ports);
  randomRoute(api, ports);
  jobRoutes(api, ports);
  exportRoutes(api, ports);
  erasureRoutes(api, ports);
  releaseRoutes(api, ports);
  postureRoutes(api, ports);
  confirmationRoutes(api, ports);
  reviewRoute(api, ports);
  importRoute(api);
  settingsRoutes(api);
  hostRoutes(api, ports);
  return api;
}

/** The tenant of a request, in its path or, where it has none there, in its query. */
const tenantNamedBy = (pathname: string, query: URLSearchParams): string | undefined =>
  /^\/v1\/tenants\/([^/]+)/.exec(pathname)?.[1] ?? query.get("tenant") ?? undefined;
