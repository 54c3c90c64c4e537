/** What may be done with a tenant's things, and which role may do it: one table. The scopes of machine tokens are the same names. */
import { Failure } from "#shared/failure.ts";
import type { Role } from "#shared/store/members.ts";

const owners = ["owner"] as const;
const staff = ["owner", "operator"] as const;
const everyone = ["owner", "operator", "viewer"] as const;

/** In the order of the reference: what is read first, then what is done with it. */
export const permissions = {
  /** Metadata of reports: that they exist, their state and their clocks. */
  "report.list": everyone,
  /** What reporters wrote. */
  "report.open": staff,
  "report.answer": staff,
  "key.read": everyone,
  "key.use": staff,
  "key.manage": owners,
  "ledger.read": everyone,
  "posture.read": everyone,
  "posture.edit": staff,
  "posture.confirm": staff,
  "posture.publish": owners,
  "member.read": everyone,
  "member.manage": owners,
  "token.manage": owners,
  "audit.read": owners,
  "settings.read": everyone,
  "settings.manage": owners,
  "export.run": owners,
  "erasure.run": owners,
  "job.read": everyone,
  "job.cancel": owners,
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Permission = keyof typeof permissions;
export const permissionNames = Object.keys(permissions) as Permission[];

const held = (role: Role): ReadonlySet<Permission> =>
  new Set(permissionNames.filter((name) => (permissions[name] as readonly Role[]).includes(role)));
const ofRole = { owner: held("owner"), operator: held("operator"), viewer: held("viewer") };

export const permissionsOf = (role: Role): ReadonlySet<Permission> => ofRole[role];

/** @throws Failure `forbidden` */
export function requirePermission(mine: ReadonlySet<Permission>, needed: Permission): void {
  if (mine.has(needed)) return;
  const who = permissions[needed].join(" or ");
  throw new Failure(
    "forbidden",
    `This needs the permission ${needed}, which you don't have. Ask for the role ${who}, or for a token with that scope.`,
  );
}
