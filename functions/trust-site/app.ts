import { createHash } from "node:crypto";
import { Hono } from "hono";
import { type KnownTenant, scopeOfSite } from "#shared/access/scope.ts";
import type { LedgerStore } from "#shared/store/ledger-tiles.ts";
import { type PublishedName, readPublished } from "#shared/store/published.ts";
import type { Table } from "#shared/store/table.ts";
import type { TenantProfile } from "#shared/tenant/tenant.ts";
import { checkpointAnswer, tileAnswer } from "./ledger.ts";
import { homePage } from "./pages/home.ts";
import { styleHash } from "./pages/layout.ts";
import { notFoundPage } from "./pages/not-found.ts";
import { misdirected, notServed } from "./standing.ts";

export interface SitePorts {
  readonly table: Table;
  readonly ledger: LedgerStore;
  readonly siteDomain: string;
  readonly mailDomain: string;
  readonly now: () => Date;
}

/** What stands at well-known places, with its media type (RFC 7517, RFC 3156, RFC 7468, RFC 9116). */
const wellKnown: Readonly<Record<PublishedName, string>> = {
  "jwks.json": "application/jwk-set+json",
  "openpgp-key.asc": "application/pgp-keys",
  "candor.pub": "application/x-pem-file",
  "security.txt": "text/plain; charset=utf-8",
};

/** How long a tenant's facts may be out of date on its page. */
const profileAge = 5_000;
const remembered = 1_000;

/** Set on every page; no script, no frame, nothing from elsewhere. */
const pageHeaders = {
  "content-security-policy": `default-src 'none'; style-src '${styleHash}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=63072000; includeSubDomains",
  "x-content-type-options": "nosniff",
} as const;

/** A tenant's public host. */
export function createTrustSite(ports: SitePorts) {
  const tenants = rememberedTenants(ports);
  const app = new Hono<{ Variables: { readonly tenant: KnownTenant } }>();

  app.get("/healthz", (c) => c.text("ok"));

  app.use(async (c, next) => {
    const asked = { accept: c.req.header("accept"), pageHeaders };
    const tenant = await tenants(hostOf(c.req.header("host")));
    if (!tenant) return misdirected(asked);
    const refused = await notServed(tenant.profile, reportAddress(tenant.profile, ports.mailDomain), asked);
    if (refused) return refused;
    c.set("tenant", tenant);
    return next();
  });

  app.get("/", async (c) => {
    const { profile } = c.var.tenant;
    const body = String(await homePage(profile, reportAddress(profile, ports.mailDomain)));
    return answer(c.req.header("if-none-match"), body, "text/html; charset=utf-8");
  });

  app.get("/posture.json", (c) => {
    const { profile } = c.var.tenant;
    const { slug, name, about, contacts, acknowledgeWithin } = profile;
    const report = {
      mail: reportAddress(profile, ports.mailDomain),
      acknowledgeWithin: acknowledgeWithin ?? null,
    };
    return answer(
      c.req.header("if-none-match"),
      JSON.stringify({ slug, name, about, contacts, report }),
      "application/json",
    );
  });

  for (const [name, type] of Object.entries(wellKnown)) {
    app.get(`/.well-known/${name}`, async (c) => {
      const published = await readPublished(c.var.tenant.scope, name as PublishedName);
      return published ? answer(c.req.header("if-none-match"), published.body, type) : c.notFound();
    });
  }

  app.get("/ledger/*", async (c) => {
    // As it stands in the request line: a path that is another one decoded has another name.
    const path = new URL(c.req.url).pathname.slice("/ledger/".length);
    const found = path === "checkpoint" ? await checkpointAnswer(ports.table) : await tileAnswer(ports.ledger, path);
    return found ?? c.notFound();
  });

  app.notFound((c) => c.html(notFoundPage(), 404, pageHeaders));
  return app;
}

/** A page under a strong validator (RFC 9110 section 8.8.3): the digest of its bytes. */
function answer(ifNoneMatch: string | undefined, body: string, type: string): Response {
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
  const headers = {
    ...pageHeaders,
    etag,
    "cache-control": "public, max-age=60, stale-while-revalidate=600",
    vary: "Host",
  };
  const known = ifNoneMatch?.split(",").some((given) => ["*", etag, `W/${etag}`].includes(given.trim()));
  return known
    ? new Response(null, { status: 304, headers })
    : new Response(body, { headers: { ...headers, "content-type": type } });
}

/** The host of a request, without its port. */
const hostOf = (header: string | undefined): string => (header ?? "").toLowerCase().replace(/:\d+$/, "");

const reportAddress = ({ slug }: TenantProfile, mailDomain: string): string => `security@${slug}.${mailDomain}`;

function rememberedTenants({ table, siteDomain, now }: SitePorts) {
  const known = new Map<string, { readonly at: number; readonly tenant: Promise<KnownTenant | undefined> }>();
  return (host: string): Promise<KnownTenant | undefined> => {
    const entry = known.get(host);
    if (entry && now().getTime() - entry.at < profileAge) return entry.tenant;
    if (known.size >= remembered) known.clear();
    const tenant = scopeOfSite(table, host, siteDomain);
    known.set(host, { at: now().getTime(), tenant });
    tenant.catch(() => known.delete(host));
    return tenant;
  };
}
