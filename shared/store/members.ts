import * as z from "zod";
import { Failure } from "#shared/failure.ts";
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

/** A member as the tenant keeps it. */
const Member = Membership.extend({
  issuer: z.string(),
  subject: z.string(),
  /** What people call the member: the tenant's own note. */
  name: z.string().optional(),
  /** Absent in what was written before there were any. */
  revision: z.int().optional(),
});
export type Member = z.infer<typeof Member>;

/** Somebody's membership in a tenant, read afresh at each request; `undefined` for strangers and for tenants that never were. */
export async function readMembership(table: Table, tenant: TenantId, who: Subject): Promise<Membership | undefined> {
  const item = await table.get(key(tenant, who));
  return item && Membership.parse(item);
}

/** Members in the order of their keys. `after`: the last one of the page before. */
export async function listMembers(
  { table, tenant }: TenantScope,
  page: { readonly limit?: number; readonly after?: Subject | undefined } = {},
): Promise<{ readonly members: readonly Member[]; readonly next?: Subject }> {
  const { items, next } = await table.list({
    partition: partitions.members(tenant),
    ...(page.limit === undefined ? {} : { limit: page.limit }),
    ...(page.after === undefined ? {} : { after: key(tenant, page.after) }),
  });
  const members = items.map((item) => Member.parse(item));
  const last = members.at(-1);
  return { members, ...(next && last ? { next: { issuer: last.issuer, subject: last.subject } } : {}) };
}

/** The member of that opaque name. */
export function findMember(scope: TenantScope, name: string): Promise<Member | undefined> {
  return firstMember(scope, ({ member }) => member === name);
}

/** Somebody as a member, under a name that nobody had before. */
export function freshMember({ issuer, subject }: Subject, role: Role, random: Random, name?: string): Member {
  const named = name === undefined ? {} : { name };
  return { issuer, subject, role, member: newIdentifier(random), ...named, revision: 1 };
}

/** The write that adds a member. Fails for whoever is one already. */
export function addedMember(scope: TenantScope, member: Member): Write {
  return { put: { ...key(scope.tenant, member), ...member }, guard: "absent" };
}

/** Both at once. */
export function newMember(scope: TenantScope, who: Subject, role: Role, random: Random): Write {
  return addedMember(scope, freshMember(who, role, random));
}

/** A member after a change, and the writes for it. @throws Failure `conflict` where no owner would be left */
export async function changedMember(
  scope: TenantScope,
  before: Member,
  change: { readonly role?: Role | undefined; readonly name?: string | null | undefined },
): Promise<{ readonly after: Member; readonly writes: readonly Write[] }> {
  const { name: wanted = before.name, role = before.role } = change;
  const { name: _, ...rest } = before;
  const named = wanted === null || wanted === undefined ? {} : { name: wanted };
  const after = { ...rest, ...named, role, revision: (before.revision ?? 0) + 1 };
  const put: Write = { put: { ...key(scope.tenant, after), ...after }, guard: unchanged(before) };
  return { after, writes: [put, ...(await ownerBeside(scope, before, role))] };
}

/** The writes that remove a member, as it was read: from the next request on it is nobody. @throws Failure as above */
export async function removedMember(scope: TenantScope, member: Member): Promise<readonly Write[]> {
  return [{ delete: key(scope.tenant, member), guard: unchanged(member) }, ...(await ownerBeside(scope, member))];
}

/** Where an owner stops to be one: the check that another one is there, and still is when all this is written. */
async function ownerBeside(scope: TenantScope, member: Member, role?: Role): Promise<readonly Write[]> {
  if (member.role !== "owner" || role === "owner") return [];
  const other = await firstMember(scope, (one) => one.role === "owner" && one.member !== member.member);
  if (!other)
    throw new Failure(
      "conflict",
      "This is the only owner, and a tenant has at least one. Make somebody else an owner first.",
    );
  return [{ check: key(scope.tenant, other), guard: { equals: { role: "owner" } } }];
}

async function firstMember(scope: TenantScope, is: (member: Member) => boolean): Promise<Member | undefined> {
  for (let after: Subject | undefined; ; ) {
    const { members, next } = await listMembers(scope, { after });
    const found = members.find(is);
    if (found || !next) return found;
    after = next;
  }
}

const unchanged = ({ member, revision }: Member) => ({ equals: { member, revision: revision ?? null } });
