/** The people of a tenant: `/v1/tenants/<t>/members`. Who they are is what their OpenID provider says; what they may do stands here. */
import type { Context } from "hono";
import * as z from "zod";
import type { TokenRules } from "#shared/access/caller.ts";
import { notFound } from "#shared/http/api.ts";
import { requireMatch, tagOf } from "#shared/http/entity-tag.ts";
import { PageQuery, pageOf } from "#shared/http/page.ts";
import { invalid } from "#shared/http/validate.ts";
import { IssuerUrl } from "#shared/identity/issuer.ts";
import type { Random } from "#shared/report/identifier.ts";
import { readIssuer } from "#shared/store/issuers.ts";
import {
  addedMember,
  changedMember,
  findMember,
  freshMember,
  listMembers,
  type Member,
  Role,
  removedMember,
} from "#shared/store/members.ts";
import { asConflict } from "./conflict.ts";
import type { TenantEnv } from "./tenant-request.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

const Name = z.string().trim().min(1).max(120);
const Subject = z.string().min(1).max(255);

const Invitation = z.strictObject({
  issuer: IssuerUrl.meta({ description: "The OpenID provider, exactly as `iss` of its tokens has it." }),
  subject: Subject.meta({ description: "The provider's name for the person: `sub` of its tokens." }),
  role: Role,
  name: Name.optional().meta({ description: "What people call the member; the tenant's own note." }),
});
const Change = z.strictObject({ role: Role.optional(), name: Name.nullable().optional() });

const MemberDetail = z
  .strictObject({
    member: z.string().meta({ description: "An opaque name, which the audit log calls the member." }),
    issuer: z.string(),
    subject: z.string(),
    role: Role,
    name: z.string().optional(),
  })
  .meta({ id: "Member" });

/** Where a list of members goes on. */
const Position = z.strictObject({ issuer: z.string(), subject: z.string() });

const group = "Members";
const params = z.object({ member: z.string().regex(/^[a-z2-7]{26}$/) });
const shown = (description: string) => ({ description, json: MemberDetail, headers: { ETag: "Its revision." } });
const lastOwner = "The only owner of a tenant can't be removed, and stays owner.";

export function memberRoutes(api: TenantApi, settings: { readonly tokens: TokenRules; readonly random: Random }): void {
  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/members", group, permission: "member.read" },
      summary: "The members",
      query: PageQuery,
      answers: { 200: { description: "A page of members.", json: pageOf(MemberDetail) } },
    },
    async (c) => {
      const { limit } = c.req.valid("query");
      const after = await c.var.paging.after(Position);
      const { members, next } = await listMembers(c.var.scope, { limit, after });
      return c.json({ items: members.map(memberDetail), cursor: await c.var.paging.cursor(next) });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/members", group, permission: "member.manage" },
      summary: "Make somebody a member",
      description: "Nothing is sent to them: from the next request on their token counts here.",
      body: Invitation,
      answers: { 201: shown("The member.") },
      failures: ["conflict"],
    },
    async (c) => {
      const { issuer, subject, role, name } = c.req.valid("json");
      const { scope } = c.var;
      if (issuer !== settings.tokens.issuer && !(await readIssuer(scope.table, scope.tenant, issuer)))
        throw invalid([
          { pointer: "/issuer", detail: "is no issuer whose tokens count here: add it to the tenant's issuers first" },
        ]);
      const made = freshMember({ issuer, subject }, role, settings.random, name);
      await c.var
        .commit([addedMember(scope, made)], { action: "member.added", target: { member: made.member, role } })
        .catch(asConflict("This person is a member already. Change the role of the membership there is."));
      return c.json(memberDetail(made), 201, {
        etag: tagOf(revisionOf(made)),
        location: `/v1/tenants/${scope.tenant}/members/${made.member}`,
      });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/members/{member}", group, permission: "member.read", params },
      summary: "A member",
      answers: { 200: shown("The member.") },
    },
    async (c) => show(c, await find(c, c.req.valid("param").member)),
  );

  tenantRoute(
    api,
    {
      ...{ method: "patch", path: "/members/{member}", group, permission: "member.manage", params },
      summary: "Change a member's role or name",
      description: lastOwner,
      body: Change,
      ifMatch: "required",
      answers: { 200: shown("The member as it is now.") },
      failures: ["conflict"],
    },
    async (c) => {
      const member = await find(c, c.req.valid("param").member);
      requireMatch(c.req.header("if-match"), revisionOf(member));
      const change = c.req.valid("json");
      const { after, writes } = await changedMember(c.var.scope, member, change);
      await c.var
        .commit(writes, { action: "member.changed", target: { member: member.member, role: after.role } })
        .catch(asConflict(changedMeanwhile));
      return show(c, after);
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "delete", path: "/members/{member}", group, permission: "member.manage", params },
      summary: "Remove a member",
      description: `${lastOwner} It works at once: the next request of who is removed is that of a stranger.`,
      ifMatch: "optional",
      answers: { 204: { description: "Removed." } },
      failures: ["conflict"],
    },
    async (c) => {
      const member = await find(c, c.req.valid("param").member);
      requireMatch(c.req.header("if-match"), revisionOf(member));
      await c.var
        .commit(await removedMember(c.var.scope, member), {
          action: "member.removed",
          target: { member: member.member },
        })
        .catch(asConflict(changedMeanwhile));
      return c.body(null, 204);
    },
  );
}

const changedMeanwhile = "This member, or the owner beside it, was changed meanwhile. Read it again, then decide anew.";

async function find(c: Context<TenantEnv>, name: string): Promise<Member> {
  const member = await findMember(c.var.scope, name);
  if (!member) throw notFound();
  return member;
}

const show = (c: Context<TenantEnv>, member: Member): Response =>
  c.json(memberDetail(member), 200, { etag: tagOf(revisionOf(member)) });

const revisionOf = ({ revision = 0 }: Member): number => revision;

function memberDetail({ member, issuer, subject, role, name }: Member) {
  return { member, issuer, subject, role, ...(name === undefined ? {} : { name }) };
}
