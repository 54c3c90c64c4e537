/** A tenant's own hosts: `/v1/tenants/<t>/hosts`. They are claimed here; `host-check` gives them once the DNS proves them. */
import type { Context } from "hono";
import * as z from "zod";
import { Failure } from "#shared/failure.ts";
import { notFound } from "#shared/http/api.ts";
import { pageOf } from "#shared/http/page.ts";
import { invalid } from "#shared/http/validate.ts";
import type { Random } from "#shared/report/identifier.ts";
import { changedHostClaim, listHostClaims, newHostClaimWrite, readHostClaim } from "#shared/store/hosts.ts";
import { challengeOf, HostClaim, newHostClaim, withdrawn } from "#shared/tenant/host-claim.ts";
import { HostName, isServiceHost } from "#shared/tenant/host-name.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";
import { asConflict } from "./conflict.ts";
import type { TenantEnv } from "./tenant-request.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

const Claiming = z.strictObject({ host: HostName });
const HostDetail = z
  .strictObject({
    ...HostClaim.omit({ random: true, revision: true }).shape,
    challenge: z
      .strictObject({ type: z.literal("TXT"), name: z.string(), value: z.string() })
      .meta({ description: "The record to set, and to leave: it is looked up again each day." }),
  })
  .meta({ id: "Host" });

const group = "Hosts";
const params = z.object({ host: HostName });
const path = "/hosts/{host}";
const hostsAtMost = 20;
const changedMeanwhile = "The claim was changed meanwhile. Read it again, then decide anew.";

export interface HostSettings {
  readonly siteDomain: string;
  readonly now: () => Date;
  readonly random: Random;
}

export function hostRoutes(api: TenantApi, { siteDomain, now, random }: HostSettings): void {
  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/hosts", group, permission: "settings.read" },
      summary: "The tenant's own hosts",
      answers: { 200: { description: "All of them, by name.", json: pageOf(HostDetail) } },
    },
    async (c) => {
      const claims = await listHostClaims(c.var.scope, hostsAtMost + 1);
      return c.json({ items: claims.map((claim) => hostDetail(claim, c.var.scope.tenant)) });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/hosts", group, permission: "settings.manage" },
      summary: "Claim a host",
      description:
        "Set the TXT record that the answer names; within a minute of its being seen the host serves the trust center. A record that goes missing is warned of for seven days, then the host is lost. A claim that was lost is made anew, with another record.",
      body: Claiming,
      answers: { 201: { description: "The claim.", json: HostDetail } },
      failures: ["conflict"],
    },
    async (c) => {
      const { host } = c.req.valid("json");
      const { scope } = c.var;
      if (isServiceHost(host, siteDomain))
        throw invalid([{ pointer: "/host", detail: "lies in the service's own domain, whose hosts are not claimed" }]);
      const before = await readHostClaim(scope, host);
      if (before && before.state !== "lost" && before.state !== "withdrawn")
        throw new Failure("conflict", "This host is claimed already. Read the claim for the record to set.");
      if (!before && (await listHostClaims(scope, hostsAtMost)).length === hostsAtMost)
        throw new Failure("conflict", `A tenant claims at most ${String(hostsAtMost)} hosts. Withdraw one first.`);
      const claim = newHostClaim(host, random(32), now());
      await c.var
        .commit([newHostClaimWrite(scope, before, claim, now())], { action: "host.claimed", target: { host } })
        .catch(asConflict(changedMeanwhile));
      return c.json(hostDetail(claim, scope.tenant), 201, { location: `/v1/tenants/${scope.tenant}/hosts/${host}` });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "get", path, group, permission: "settings.read", params },
      summary: "A host, and how its claim stands",
      answers: { 200: { description: "The claim.", json: HostDetail } },
    },
    async (c) => c.json(hostDetail(await find(c, c.req.valid("param").host), c.var.scope.tenant)),
  );

  tenantRoute(
    api,
    {
      ...{ method: "delete", path, group, permission: "settings.manage", params },
      summary: "Give a host up",
      description: "It serves the trust center no more from that moment on.",
      answers: { 204: { description: "Given up." } },
      failures: ["conflict"],
    },
    async (c) => {
      const claim = await find(c, c.req.valid("param").host);
      if (claim.state === "withdrawn") return c.body(null, 204);
      await c.var
        .commit([changedHostClaim(c.var.scope, claim, withdrawn(claim, now()), now())], {
          action: "host.withdrawn",
          target: { host: claim.host },
        })
        .catch(asConflict(changedMeanwhile));
      return c.body(null, 204);
    },
  );
}

async function find(c: Context<TenantEnv>, host: HostName): Promise<HostClaim> {
  const claim = await readHostClaim(c.var.scope, host);
  if (!claim) throw notFound();
  return claim;
}

function hostDetail(claim: HostClaim, tenant: TenantId) {
  const { random: _random, revision: _revision, ...shown } = claim;
  return { ...shown, challenge: { type: "TXT", ...challengeOf(claim, tenant) } };
}
