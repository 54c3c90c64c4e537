import * as z from "zod";
import { TenantId } from "#shared/tenant/tenant.ts";

export const roles = ["owner", "operator", "viewer"] as const;

/** Whose token is wanted: a role of a tenant, or the operator of the service. */
export const Login = z.union([
  z.strictObject({ tenant: TenantId, role: z.enum(roles) }),
  z.strictObject({ tenant: z.literal("platform") }),
]);
export type Login = z.infer<typeof Login>;

/** The subject of a login: `<tenant>-<role>`, or `platform`. */
export function subjectOf(login: Login): string {
  return "role" in login ? `${login.tenant}-${login.role}` : login.tenant;
}

/** Whether there is such a login. There is one for each role of every tenant, so that new tenants need nothing here. */
export function isSubject(subject: string): boolean {
  if (subject === "platform") return true;
  const split = subject.lastIndexOf("-");
  return Login.safeParse({ tenant: subject.slice(0, split), role: subject.slice(split + 1) }).success;
}

/** The claim with somebody's groups (RFC 9068 section 2.2.3.1). */
export const groupsClaim = "groups";

/** What an access token says of a login beside its subject: of the operator, that it is one. */
export function groupsOf(subject: string): { readonly [groupsClaim]?: readonly string[] } {
  return subject === "platform" ? { [groupsClaim]: ["platform"] } : {};
}
