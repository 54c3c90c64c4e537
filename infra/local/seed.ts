/** Loads the demo tenants, each with one member for each role. What is there already is left as it is. */
import { randomBytes } from "node:crypto";
import { demoTenants } from "#infra/local/demo/tenants.ts";
import { scopeOfNewTenant } from "#shared/access/scope.ts";
import { connectTable } from "#shared/aws/table.ts";
import type { Role } from "#shared/store/members.ts";
import { GuardFailed } from "#shared/store/table.ts";
import { newTenant } from "#shared/store/tenants.ts";

/** What the demo data needs of the host. */
export interface SeedContext {
  readonly region: string;
  /** The table itself, not the gate in front of it. */
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly tableName: string;
  /** Issuer of the logins `<tenant>-<role>`. */
  readonly issuer: string;
}

const roles: readonly Role[] = ["owner", "operator", "viewer"];

export async function seedDemo({ issuer, ...connection }: SeedContext): Promise<void> {
  const table = connectTable(connection, Math.random);
  for (const profile of demoTenants) {
    const scope = scopeOfNewTenant(table, profile.slug);
    const members = roles.map((role) => ({ issuer, subject: `${profile.slug}-${role}`, role }));
    try {
      await table.transact(newTenant(scope, profile, members, randomBytes));
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error;
    }
  }
}
