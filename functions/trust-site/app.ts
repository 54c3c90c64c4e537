import { Hono } from "hono";
import { type KnownTenant, scopeOfSite } from "#shared/access/scope.ts";
import type { LedgerStore } from "#shared/store/ledger-tiles.ts";
import { type PublishedName, readPublished } from "#shared/store/published.ts";
import type { ReleaseStore } from "#shared/store/release-bodies.ts";
import { releaseReader } from "#shared/store/release-reader.ts";
import type { Table } from "#shared/store/table.ts";
import type { TenantProfile } from "#shared/tenant/tenant.ts";
import { answer, pageHeaders } from "./answer.ts";
import { checkpointAnswer, tileAnswer } from "./ledger.ts";
import { homePage } from "./pages/home.ts";
import { notFoundPage } from "./pages/not-found.ts";
import { releaseList, releaseRoutes } from "./releases.ts";
import { misdirected, notServed } from "./standing.ts";

export interface SitePorts {
  readonly table: Table;
  readonly ledger: LedgerStore;
  readonly releases: ReleaseStore;
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

/** A tenant's public host. */
export function createTrustSite(ports: SitePorts) {
  const tenants = rememberedTenants(ports);
  const reader = releaseReader(ports.releases, ports.now);
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

  app.get("/releases.json", (c) => releaseList(reader, c.var.tenant.scope, c.req));
  app.route("/releases", releaseRoutes(reader, ports.releases));

  app.get("/ledger/*", async (c) => {
    // As it stands in the request line: a path that is another one decoded has another name.
    const path = new URL(c.req.url).pathname.slice("/ledger/".length);
    const found = path === "checkpoint" ? await checkpointAnswer(ports.table) : await tileAnswer(ports.ledger, path);
    return found ?? c.notFound();
  });

  app.notFound((c) => c.html(notFoundPage(), 404, pageHeaders));
  return app;
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
