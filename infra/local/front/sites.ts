import { doorOfHost } from "#infra/local/feeds/triggers.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import { forward } from "./forward.ts";
import type { Site, SiteOf } from "./front.ts";
import { type FetchApp, serveApp } from "./serve-app.ts";

/** Who answers for each host name. */
export function sitesOf(options: {
  readonly local: FetchApp;
  readonly mailbox: FetchApp;
  readonly loginPort: number;
}): SiteOf {
  const tenantSite = doorSite("tenant");
  const sites: Readonly<Record<string, Site | undefined>> = {
    localhost: pageSite(options.local),
    "api.localhost": doorSite("api"),
    "mail.localhost": pageSite(options.mailbox),
    "login.localhost": {
      kind: "page",
      serve: (request, response) => forward(request, response, options.loginPort),
    },
  };
  return (hostname) => {
    if (Object.hasOwn(sites, hostname)) return sites[hostname];
    const tenant = /^([^.]+)\.localhost$/.exec(hostname)?.[1];
    return TenantId.safeParse(tenant).success ? tenantSite : undefined;
  };
}

function doorSite(host: "tenant" | "api"): Site | undefined {
  const door = doorOfHost(host);
  return door === undefined ? undefined : { kind: "door", door };
}

function pageSite(app: FetchApp): Site {
  return { kind: "page", serve: (request, response) => serveApp(app, request, response) };
}
