import { Hono } from "hono";
import { type KnownTenant, scopeOfSite } from "#shared/access/scope.ts";
import type { LedgerStore } from "#shared/store/ledger-tiles.ts";
import { type PublishedName, readPublished } from "#shared/store/published.ts";
import type { ReleaseStore } from "#shared/store/release-bodies.ts";
import { releaseReader } from "#shared/store/release-reader.ts";
import { remembered } from "#shared/store/remembered.ts";
import type { Table } from "#shared/store/table.ts";
import { answer, pageHeaders } from "./answer.ts";
import { checkpointAnswer, tileAnswer } from "./ledger.ts";
import { failedPage } from "./pages/failed.ts";
import { notFoundPage } from "./pages/not-found.ts";
import { releaseList, releaseRoutes } from "./releases.ts";
import { createPages, hostOf, reportAddressOf } from "./site.ts";
import type { SiteAnswer, SiteRequest } from "./site-request.ts";
import { misdirected, notServed } from "./standing.ts";

export interface SitePorts {
  readonly table: Table;
  readonly ledger: LedgerStore;
  readonly releases: ReleaseStore;
  readonly siteDomain: string;
  readonly mailDomain: string;
  readonly now: () => Date;
  /** Hears of what failed, under the number that the reader is shown. */
  readonly report: (error: unknown, request: string) => void;
}

/** What stands at well-known places, with its media type (RFC 7517, RFC 3156, RFC 7468, RFC 9116). */
const wellKnown: Readonly<Record<PublishedName, string>> = {
  "jwks.json": "application/jwk-set+json",
  "openpgp-key.asc": "application/pgp-keys",
  "candor.pub": "application/x-pem-file",
  "security.txt": "text/plain; charset=utf-8",
};

/** Milliseconds: how long a tenant's facts may be out of date on its page. */
const profileAge = 5_000;
const mostTenants = 1_000;

/** A tenant's public host. `pages` answers for pages alone, from what it kept where it can; `app` for everything. */
export function createTrustSite(ports: SitePorts) {
  const known = remembered<KnownTenant | undefined>({ age: profileAge, most: mostTenants, now: ports.now });
  const tenants = (host: string) => known(host, () => scopeOfSite(ports.table, host, ports.siteDomain));
  const reader = releaseReader(ports.releases, ports.now);
  const pages = createPages({ tenants, releases: reader, mailDomain: ports.mailDomain, now: ports.now });
  const app = new Hono<{ Variables: { readonly tenant: KnownTenant } }>();

  app.onError((error, c) => {
    const request = crypto.randomUUID();
    ports.report(error, request);
    return c.html(failedPage(request), 500, { ...pageHeaders, "cache-control": "no-store" });
  });

  app.use(async (c, next) => {
    const page = await pages(siteRequest(c.req.raw));
    if (page) return response(page);
    const asked = { accept: c.req.header("accept"), pageHeaders };
    const tenant = await tenants(hostOf(c.req.header("host") ?? ""));
    if (!tenant) return misdirected(asked);
    const refused = notServed(tenant.profile, reportAddressOf(tenant, ports.mailDomain), asked);
    if (refused) return refused;
    if (c.req.method !== "GET" && c.req.method !== "HEAD")
      return c.text("Only GET and HEAD.", 405, { allow: "GET, HEAD" });
    c.set("tenant", tenant);
    return next();
  });

  for (const [name, type] of Object.entries(wellKnown)) {
    app.get(`/.well-known/${name}`, async (c) => {
      const published = await readPublished(c.var.tenant.scope, name as PublishedName);
      return published ? answer(c.req.header("if-none-match"), published.body, type) : c.notFound();
    });
  }

  app.get("/releases.json", (c) => releaseList(reader, c.var.tenant.scope, c.req));
  app.route("/releases", releaseRoutes(reader, ports.releases));

  app.get("/ledger/*", async (c) => {
    // As it stands in the request line: a path that is another one decoded has another name.
    const path = new URL(c.req.url).pathname.slice("/ledger/".length);
    const found = path === "checkpoint" ? await checkpointAnswer(ports.table) : await tileAnswer(ports.ledger, path);
    return found ?? c.notFound();
  });

  app.notFound((c) => c.html(notFoundPage(), 404, pageHeaders));
  return { app, pages };
}

function siteRequest({ method, url, headers }: Request): SiteRequest {
  const { pathname, search, protocol } = new URL(url);
  return {
    method,
    host: headers.get("host") ?? "",
    scheme: (headers.get("x-forwarded-proto") ?? protocol.slice(0, -1)) === "http" ? "http" : "https",
    path: pathname,
    query: search.slice(1),
    acceptLanguage: headers.get("accept-language") ?? undefined,
    acceptEncoding: headers.get("accept-encoding") ?? undefined,
    ifNoneMatch: headers.get("if-none-match") ?? undefined,
  };
}

const response = ({ status, headers, body }: SiteAnswer): Response =>
  new Response(body?.bytes ?? null, { status, headers });
