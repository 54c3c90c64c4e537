import * as z from "zod";
import { newIdentifier, type Random } from "#shared/report/identifier.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";
import { partitions, sorts } from "./keys.ts";
import type { Table, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

export const Role = z.enum(["owner", "operator", "viewer"]);
export type Role = z.infer<typeof Role>;

/** Who somebody is: the issuer that says so, and its name for them. */
export interface Subject {
  readonly issuer: string;
  readonly subject: string;
}

const key = (tenant: TenantId, { issuer, subject }: Subject) => ({
  pk: partitions.members(tenant),
  sk: sorts.member(issuer, subject),
});

const Membership = z.object({
  role: Role,
  /** An opaque name: what the audit calls the member. It says nobody's name, and goes with the membership. */
  member: z.string(),
});
export type Membership = z.infer<typeof Membership>;

/** Somebody's membership in a tenant, read afresh at each request; `undefined` for strangers and for tenants that never were. */
export async function readMembership(table: Table, tenant: TenantId, who: Subject): Promise<Membership | undefined> {
  const item = await table.get(key(tenant, who));
  return item && Membership.parse(item);
}

/** The write that makes somebody a member, under a name that nobody had before. */
export function newMember(scope: TenantScope, who: Subject, role: Role, random: Random): Write {
  return { put: { ...key(scope.tenant, who), ...who, role, member: newIdentifier(random) } };
}
