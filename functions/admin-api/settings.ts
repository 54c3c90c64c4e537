/** What a tenant says of itself, and changes by itself: `/v1/tenants/<t>/settings`. */
import type { Context } from "hono";
import * as z from "zod";
import { Failure } from "#shared/failure.ts";
import { notFound } from "#shared/http/api.ts";
import { requireMatch, tagOf } from "#shared/http/entity-tag.ts";
import { mergePatch } from "#shared/http/merge-patch.ts";
import { parseInput } from "#shared/http/validate.ts";
import { profileChange, readProfile } from "#shared/store/profiles.ts";
import { GuardFailed } from "#shared/store/table.ts";
import { changedFields, settingsOf, type TenantProfile, TenantSettings } from "#shared/tenant/tenant.ts";
import type { TenantEnv } from "./tenant-request.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

const Patch = z.record(z.string(), z.unknown()).meta({
  description: "A JSON merge patch (RFC 7396) of the settings: null takes a field back to what it is without one.",
});

const group = "Settings";
const shown = (description: string) => ({
  description,
  json: TenantSettings.meta({ id: "Settings" }),
  headers: { ETag: "Their version." },
});

export function settingsRoutes(api: TenantApi): void {
  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/settings", group, permission: "settings.read" },
      summary: "The settings",
      answers: { 200: shown("The settings.") },
    },
    async (c) => show(c, await find(c)),
  );

  tenantRoute(
    api,
    {
      ...{ method: "patch", path: "/settings", group, permission: "settings.manage" },
      summary: "Change the settings",
      description:
        "An address among the contacts is this tenant's from then on, and free again once it is not named any more; none can be two tenants'.",
      body: Patch,
      ifMatch: "required",
      answers: { 200: shown("The settings as they are now.") },
      failures: ["conflict"],
    },
    async (c) => {
      const before = await find(c);
      requireMatch(c.req.header("if-match"), before.version);
      const settings = parseInput(TenantSettings, mergePatch(settingsOf(before), c.req.valid("json")));
      const { slug, standing, version } = before;
      const after: TenantProfile = { slug, ...settings, standing, version: version + 1 };
      const deed = { action: "settings.changed", target: { changed: changedFields(before, after).join(" ") } } as const;
      await c.var.commit(profileChange(c.var.scope, before, after), deed).catch(refused);
      return show(c, after);
    },
  );
}

async function find(c: Context<TenantEnv>): Promise<TenantProfile> {
  const profile = await readProfile(c.var.scope);
  if (!profile) throw notFound();
  return profile;
}

const show = (c: Context<TenantEnv>, profile: TenantProfile): Response =>
  c.json(settingsOf(profile), 200, { etag: tagOf(profile.version) });

function refused(error: unknown): never {
  if (!(error instanceof GuardFailed)) throw error;
  if (error.positions.includes(0)) throw new Failure("stale", "It was changed since you read it. Read it again.");
  throw new Failure("conflict", "One of the contacts is another tenant's address. Leave it out.");
}
