import { randomBytes } from "node:crypto";
import { scopeOfNewTenant } from "#shared/access/scope.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { newTenant as newTenantWrites } from "#shared/store/tenants.ts";
import { TenantProfile } from "#shared/tenant/tenant.ts";
import { issuerName } from "./issuer.ts";
import type { Stage } from "./stage.ts";

const roles = ["owner", "operator", "viewer"] as const;

/**
 * A tenant of this test alone, seeded as the demo's are: profile, contact address, one member `<slug>-<role>` for each role.
 * The scope sees everything: it is the host's.
 */
export async function newTenant(stage: Stage, given: Partial<TenantProfile> = {}): Promise<TenantScope> {
  const slug = `t${randomBytes(5).toString("hex")}`;
  const profile = TenantProfile.parse({
    slug,
    name: "Kestrel Works",
    about: "Kestrel Works makes flight recorders.",
    contacts: [`security@${slug}.example`],
    timeZone: "Europe/Berlin",
    acknowledgeWithin: "PT48H",
    nextSteps: ["The report is looked at by two people."],
    version: 1,
    ...given,
  });
  const scope = scopeOfNewTenant(stage.table, profile.slug);
  const members = roles.map((role) => ({ issuer: issuerName, subject: `${slug}-${role}`, role }));
  await stage.table.transact(newTenantWrites(scope, profile, members, randomBytes));
  return scope;
}
