import { scopeOfNewTenant } from "#shared/access/scope.ts";
import { claimAddress } from "#shared/store/addresses.ts";
import { newMember, type Role } from "#shared/store/members.ts";
import { newProfile } from "#shared/store/profiles.ts";
import { GuardFailed, type Table } from "#shared/store/table.ts";
import { demoTenants } from "./tenants.ts";

const roles: readonly Role[] = ["owner", "operator", "viewer"];

/** The subject by which the local OpenID provider knows a tenant's demo staff. */
export const demoSubject = (tenant: string, role: Role): string => `${tenant}-${role}`;

/** Creates the demo tenants with one member for each role. A tenant that is there already is left as it is. */
export async function seedDemo(table: Table, issuer: string): Promise<void> {
  for (const profile of demoTenants) {
    const scope = scopeOfNewTenant(table, profile.slug);
    try {
      await table.transact([
        newProfile(scope, profile),
        ...profile.contacts.map((address) => claimAddress(scope, address)),
        ...roles.map((role) => newMember(scope, { issuer, subject: demoSubject(profile.slug, role) }, role)),
      ]);
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error;
    }
  }
}
