/** What a machine may be given: permissions by their own names, but for those with which it could give itself more. */
import * as z from "zod";
import { Failure } from "#shared/failure.ts";
import { type Permission, permissionNames } from "./permissions.ts";

/** Who may do these makes and changes credentials; that stays with people. */
const peoplesOwn: readonly Permission[] = ["member.manage", "token.manage", "settings.manage"];

const machineScopes = permissionNames.filter((name) => !peoplesOwn.includes(name));

export const Scope = z.enum(machineScopes as [Permission, ...Permission[]]);

/** Scopes of a credential: at least one, each named once, in the order of the table of permissions. */
export const Scopes = z
  .array(Scope)
  .min(1)
  .max(machineScopes.length)
  .transform((given) => machineScopes.filter((scope) => given.includes(scope)));

/** What stored scopes grant: a name that is no permission of machines grants nothing. */
export function permissionsOfScopes(names: readonly string[]): ReadonlySet<Permission> {
  return new Set(machineScopes.filter((scope) => names.includes(scope)));
}

/** @throws Failure `forbidden` where somebody gives away what is not theirs */
export function requireOwnScopes(held: ReadonlySet<Permission>, given: readonly Permission[]): void {
  const missing = given.filter((scope) => !held.has(scope));
  if (missing.length > 0)
    throw new Failure("forbidden", `Nobody gives away more than they hold. You don't hold ${missing.join(", ")}.`);
}
