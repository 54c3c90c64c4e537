/** A tenant as the operator sees and changes it. */
import * as z from "zod";
import { invalid } from "#shared/http/validate.ts";
import { HostClaim } from "#shared/tenant/host-claim.ts";
import { active, closing, type Standing, SuspensionReason, suspended } from "#shared/tenant/standing.ts";
import { settingsOf, TenantId, type TenantProfile, TenantSettings } from "#shared/tenant/tenant.ts";

const Instant = z.iso.datetime();
const State = z.enum(["active", "suspended", "closing", "closed"]);

export const TenantSummary = z
  .strictObject({ slug: TenantId, name: z.string(), state: State })
  .meta({ id: "TenantSummary" });

export const TenantDetail = z
  .strictObject({
    ...TenantSummary.shape,
    ...TenantSettings.shape,
    contacts: z.array(z.string()),
    suspension: z.strictObject({ reason: z.string(), since: Instant }).optional(),
    closing: z
      .strictObject({ since: Instant, until: Instant })
      .optional()
      .meta({ description: "Until when the deletion can be taken back, by the state active." }),
    closedAt: Instant.optional(),
    host: z.string().meta({ description: "The host that the service gives the tenant." }),
    hosts: z
      .array(HostClaim.pick({ host: true, state: true, since: true }))
      .meta({ description: "Hosts of its own that the tenant claims." }),
    identity: z.string().meta({ description: "Where the tenant keeps its own OpenID providers; for its owners." }),
  })
  .meta({ id: "Tenant" });

/** What a patched tenant must come to: what is more than the settings says what is to become of its standing. */
export const ChangedTenant = TenantSettings.safeExtend({
  state: z.enum(["active", "suspended", "closing"]),
  suspension: z.strictObject({ reason: SuspensionReason }).optional(),
});
type ChangedTenant = z.infer<typeof ChangedTenant>;

export const tenantSummary = ({ slug, name, standing: { state } }: TenantProfile) => ({ slug, name, state });

export function tenantDetail(profile: TenantProfile, claims: readonly HostClaim[], siteDomain: string) {
  const { slug, standing } = profile;
  return {
    ...tenantSummary(profile),
    ...settingsOf(profile),
    ...standingDetail(standing),
    host: `${slug}.${siteDomain}`,
    hosts: claims.map(({ host, state, since }) => ({ host, state, since })),
    identity: `/v1/tenants/${slug}/issuers`,
  };
}

function standingDetail(standing: Standing) {
  switch (standing.state) {
    case "active":
      return {};
    case "suspended":
      return { suspension: { reason: standing.reason, since: standing.since } };
    case "closing":
      return { closing: { since: standing.since, until: standing.until } };
    case "closed":
      return { closedAt: standing.since };
  }
}

/** What a merge patch is applied to. */
export function changeable(profile: TenantProfile): unknown {
  const { standing } = profile;
  return {
    ...settingsOf(profile),
    state: standing.state,
    ...(standing.state === "suspended" ? { suspension: { reason: standing.reason } } : {}),
  };
}

/** The standing that a changed tenant is to have. @throws Failure where there is no way to it */
export function changedStanding(before: Standing, { state, suspension }: ChangedTenant, now: Date): Standing {
  switch (state) {
    case "active":
      return active(before, now);
    case "suspended":
      if (!suspension) throw invalid([{ pointer: "/suspension/reason", detail: "say why the tenant is suspended" }]);
      return suspended(before, suspension.reason, now);
    case "closing":
      if (before.state !== "closing") throw invalid([{ pointer: "/state", detail: "a deletion is begun by DELETE" }]);
      return closing(before, now);
  }
}
