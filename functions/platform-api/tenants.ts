/** Tenants: `/v1/tenants` and `/v1/tenants/<t>`. What is in one lies below that, and is not for operators. */
import type { Context } from "hono";
import * as z from "zod";
import { scopeOfNewTenant, scopeOfWork } from "#shared/access/scope.ts";
import type { AuditAction } from "#shared/audit/action.ts";
import { Failure } from "#shared/failure.ts";
import { notFound } from "#shared/http/api.ts";
import { requireMatch, tagOf } from "#shared/http/entity-tag.ts";
import { mergePatch } from "#shared/http/merge-patch.ts";
import { PageQuery, pageOf } from "#shared/http/page.ts";
import { parseInput } from "#shared/http/validate.ts";
import { IssuerUrl } from "#shared/identity/issuer.ts";
import { listHostClaims } from "#shared/store/hosts.ts";
import { profileChange, readProfile, readProfiles } from "#shared/store/profiles.ts";
import { GuardFailed } from "#shared/store/table.ts";
import { listTenants, newTenant, obstacleTo } from "#shared/store/tenants.ts";
import { closing } from "#shared/tenant/standing.ts";
import { changedFields, TenantId, TenantProfile, TenantSettings } from "#shared/tenant/tenant.ts";
import type { PlatformPorts } from "./app.ts";
import type { OperatorEnv } from "./operator-request.ts";
import { type OperatorApi, operatorRoute } from "./operator-route.ts";
import {
  ChangedTenant,
  changeable,
  changedStanding,
  TenantDetail,
  TenantSummary,
  tenantDetail,
  tenantSummary,
} from "./tenant-detail.ts";

const Creation = TenantSettings.safeExtend({
  slug: TenantId.meta({ description: "Part of its host and its mail domain, for good: it is never given out again." }),
  owner: z.strictObject({ issuer: IssuerUrl.optional(), subject: z.string().min(1).max(255) }).meta({
    description: "Its first owner, by the OpenID provider's name for them. Without an issuer: the service's own.",
  }),
});
const Patch = z
  .record(z.string(), z.unknown())
  .meta({ description: "A JSON merge patch (RFC 7396) of the settings, of state, and of suspension.reason." });

const params = z.object({ tenant: TenantId });
const path = "/v1/tenants/{tenant}";
const shown = (description: string) => ({ description, json: TenantDetail, headers: { ETag: "Its version." } });
const taken = "One of the contacts is another tenant's address. Leave it out, or have it given up there first.";
/** More than a tenant may claim. */
const allHosts = 100;

type Ports = Pick<PlatformPorts, "table" | "tokens" | "siteDomain" | "now" | "random">;

export function tenantRoutes(api: OperatorApi, { table, tokens, siteDomain, now, random }: Ports): void {
  operatorRoute(
    api,
    {
      ...{ method: "get", path: "/v1/tenants", summary: "The tenants", query: PageQuery },
      description: "In the order of their slugs. Those that were deleted are there too, by their slugs alone.",
      answers: { 200: { description: "A page of tenants.", json: pageOf(TenantSummary) } },
    },
    async (c) => {
      const { limit } = c.req.valid("query");
      const { tenants, next } = await listTenants(table, { limit, after: await c.var.paging.after(TenantId) });
      const profiles = await readProfiles(table, tenants);
      const items = profiles.map(tenantSummary).sort((one, other) => (one.slug < other.slug ? -1 : 1));
      return c.json({ items, cursor: await c.var.paging.cursor(next) });
    },
  );

  operatorRoute(
    api,
    {
      ...{ method: "post", path: "/v1/tenants", summary: "Create a tenant", body: Creation, failures: ["conflict"] },
      description: "Its keys are made within a minute; until then it states nothing that is signed.",
      answers: { 201: shown("The tenant.") },
    },
    async (c) => {
      const { slug, owner, ...settings } = c.req.valid("json");
      const profile = TenantProfile.parse({ slug, ...settings, version: 1 });
      const scope = scopeOfNewTenant(table, slug);
      const first = { issuer: owner.issuer ?? tokens.issuer, subject: owner.subject, role: "owner" } as const;
      try {
        const deed = { action: "tenant.created", target: { tenant: slug } } as const;
        await c.var.commit(scope, newTenant(scope, profile, [first], random), deed);
      } catch (error) {
        const obstacle = error instanceof GuardFailed ? obstacleTo(profile, error.positions) : undefined;
        if (obstacle === "slug")
          throw new Failure(
            "conflict",
            "There is, or was, a tenant of this slug. It is not given out again; choose another.",
          );
        if (obstacle === "address") throw new Failure("conflict", taken);
        throw error;
      }
      c.header("location", `/v1/tenants/${slug}`);
      return show(c, profile, 201);
    },
  );

  operatorRoute(
    api,
    {
      ...{ method: "get", path, params, summary: "A tenant" },
      answers: { 200: shown("The tenant.") },
    },
    async (c) => show(c, (await find(c.req.valid("param").tenant)).profile),
  );

  operatorRoute(
    api,
    {
      ...{ method: "patch", path, params, summary: "Change, suspend or take back a tenant", body: Patch },
      description:
        "The state suspended needs a suspension with a reason: the public host answers 503, mail is still taken in and kept, and owners can read. The state active ends a suspension, and takes a deletion back whose time is not over.",
      ifMatch: "required",
      answers: { 200: shown("The tenant as it is now.") },
      failures: ["conflict"],
    },
    async (c) => {
      const { scope, profile } = await find(c.req.valid("param").tenant);
      requireMatch(c.req.header("if-match"), profile.version);
      const wanted = parseInput(ChangedTenant, mergePatch(changeable(profile), c.req.valid("json")));
      const standing = changedStanding(profile.standing, wanted, now());
      const { state: _state, suspension: _suspension, ...settings } = wanted;
      const after = TenantProfile.parse({ slug: profile.slug, ...settings, standing, version: profile.version + 1 });
      await change(c, scope, profile, after);
      return show(c, after);
    },
  );

  operatorRoute(
    api,
    {
      ...{ method: "delete", path, params, summary: "Begin to delete a tenant" },
      description:
        "From now on its public host answers 410. For 30 days that can be taken back by the state active; then what the tenant kept is destroyed.",
      ifMatch: "required",
      answers: { 202: shown("The tenant, with the moment at which it is deleted.") },
      failures: ["conflict"],
    },
    async (c) => {
      const { scope, profile } = await find(c.req.valid("param").tenant);
      requireMatch(c.req.header("if-match"), profile.version);
      const standing = closing(profile.standing, now());
      if (standing === profile.standing) return show(c, profile, 202);
      const after = { ...profile, standing, version: profile.version + 1 };
      await change(c, scope, profile, after);
      return show(c, after, 202);
    },
  );

  async function find(tenant: TenantId) {
    const scope = scopeOfWork(table, tenant);
    const profile = await readProfile(scope);
    if (!profile) throw notFound();
    return { scope, profile };
  }

  async function change(
    c: Context<OperatorEnv>,
    scope: Awaited<ReturnType<typeof find>>["scope"],
    before: TenantProfile,
    after: TenantProfile,
  ): Promise<void> {
    try {
      const deed = { action: actionOf(before, after), target: { changed: changedFields(before, after).join(" ") } };
      await c.var.commit(scope, profileChange(scope, before, after), deed);
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error;
      if (error.positions.includes(0)) throw new Failure("stale", "It was changed since you read it. Read it again.");
      throw new Failure("conflict", taken);
    }
  }

  async function show(c: Context<OperatorEnv>, profile: TenantProfile, status: 200 | 201 | 202 = 200) {
    const claims = await listHostClaims(scopeOfWork(table, profile.slug), allHosts);
    return c.json(tenantDetail(profile, claims, siteDomain), status, { etag: tagOf(profile.version) });
  }
}

/** A change of standing is what an audit log is asked for first. */
function actionOf({ standing: before }: TenantProfile, { standing: after }: TenantProfile): AuditAction {
  if (before.state === after.state) return "tenant.changed";
  if (after.state === "suspended") return "tenant.suspended";
  return after.state === "closing" ? "tenant.closing" : "tenant.activated";
}
