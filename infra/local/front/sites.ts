import { doorOfRequest } from "#infra/local/feeds/triggers.ts";
import { HostName } from "#shared/tenant/host-name.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import { forward } from "./forward.ts";
import type { Site, SiteOf } from "./front.ts";
import { type FetchApp, serveApp } from "./serve-app.ts";

/** Who answers for each host name, and for the parts of it. */
export function sitesOf(options: {
  readonly local: FetchApp;
  readonly mailbox: FetchApp;
  readonly loginPort: number;
}): SiteOf {
  const sites: Readonly<Record<string, Site>> = {
    localhost: pageSite(options.local),
    "mail.localhost": pageSite(options.mailbox),
    "login.localhost": {
      kind: "page",
      serve: (request, response) => forward(request, response, options.loginPort),
    },
  };
  return (hostname, path, method) => {
    if (Object.hasOwn(sites, hostname)) return sites[hostname];
    if (hostname === "api.localhost") return doorSite("api", path, method);
    const tenant = /^([^.]+)\.localhost$/.exec(hostname)?.[1];
    // Which hosts are tenants' own the door knows.
    const isTenants = TenantId.safeParse(tenant).success || HostName.safeParse(hostname).success;
    return isTenants ? doorSite("tenant", path, method) : undefined;
  };
}

function doorSite(host: "tenant" | "api", path: string, method: string): Site | undefined {
  const door = doorOfRequest(host, path, method);
  return door === undefined ? undefined : { kind: "door", door };
}

function pageSite(app: FetchApp): Site {
  return { kind: "page", serve: (request, response) => serveApp(app, request, response) };
}
