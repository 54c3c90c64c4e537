import * as z from "zod";
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

/** The role of somebody in a tenant, read afresh at each request; `undefined` for strangers and for tenants that never were. */
export async function roleOf(table: Table, tenant: TenantId, who: Subject): Promise<Role | undefined> {
  const item = await table.get(key(tenant, who));
  return item && Role.parse(item["role"]);
}

/** The write that makes somebody a member. */
export function newMember(scope: TenantScope, who: Subject, role: Role): Write {
  return { put: { ...key(scope.tenant, who), ...who, role } };
}
