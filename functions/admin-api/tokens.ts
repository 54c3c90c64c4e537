/** Machine tokens of a tenant: `/v1/tenants/<t>/tokens`. A secret is shown when it is made, and never again. */
import type { Context } from "hono";
import * as z from "zod";
import { permissionsOfScopes, requireOwnScopes, Scopes } from "#shared/access/scopes.ts";
import { notFound } from "#shared/http/api.ts";
import { requireMatch, tagOf } from "#shared/http/entity-tag.ts";
import { PageQuery, pageOf } from "#shared/http/page.ts";
import { newMachineSecret, readMachineSecret } from "#shared/identity/machine-secret.ts";
import {
  endsAt,
  type MachineToken,
  machineTokenState,
  NewMachineToken,
  newMachineToken,
  Rotation,
  revoked,
  rotated,
} from "#shared/identity/machine-token.ts";
import type { Random } from "#shared/report/identifier.ts";
import {
  changedMachineTokenWrites,
  type ListedMachineToken,
  listMachineTokens,
  newMachineTokenWrites,
  readMachineToken,
} from "#shared/store/machine-tokens.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { asConflict } from "./conflict.ts";
import type { TenantEnv } from "./tenant-request.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

const TokenName = z.string().regex(/^[a-z2-7]{26}$/);
const Creation = NewMachineToken.extend({ scopes: Scopes });

const TokenDetail = z
  .strictObject({
    token: TokenName.meta({ description: "An opaque name, which the audit log calls the token too." }),
    name: z.string(),
    scopes: z.array(z.string()),
    state: z.enum(["active", "expired", "revoked"]),
    createdAt: z.iso.datetime(),
    createdBy: z.string().meta({ description: "The member who made it." }),
    endsAt: z.iso.datetime().meta({ description: "When its newest secret ends." }),
    overlapEndsAt: z.iso.datetime().optional().meta({ description: "When the secret before that ends." }),
    lastUsedAt: z.iso.datetime().optional().meta({ description: "To five minutes." }),
    revokedAt: z.iso.datetime().optional(),
  })
  .meta({ id: "MachineToken" });

const WithSecret = TokenDetail.extend({
  secret: z.string().meta({ description: "What the machine sends as `Authorization: Bearer`. Shown this once." }),
}).meta({ id: "MachineTokenWithSecret" });

const group = "Machine tokens";
const params = z.object({ token: TokenName });
const etag = { ETag: "Its revision." };
const meanwhile = "The token was changed meanwhile. Read it again, then decide anew.";

export function tokenRoutes(
  api: TenantApi,
  { now, random }: { readonly now: () => Date; readonly random: Random },
): void {
  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/tokens", group, permission: "token.manage" },
      summary: "The machine tokens",
      query: PageQuery,
      answers: { 200: { description: "A page of tokens, without secrets.", json: pageOf(TokenDetail) } },
    },
    async (c) => {
      const { limit } = c.req.valid("query");
      const after = await c.var.paging.after(TokenName);
      const { tokens, next } = await listMachineTokens(c.var.scope, { limit, after });
      return c.json({
        items: tokens.map((token) => tokenDetail(token, now())),
        cursor: await c.var.paging.cursor(next),
      });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/tokens", group, permission: "token.manage" },
      summary: "Make a machine token",
      description:
        "Its scopes are permissions that you hold yourself. It ends after 90 days at most; rotate it before that.",
      body: Creation,
      answers: { 201: { description: "The token with its secret.", json: WithSecret, headers: etag } },
    },
    async (c) => {
      const given = c.req.valid("json");
      requireOwnScopes(c.var.permissions, given.scopes);
      const { secret, digest } = newSecret(c.var.scope);
      const token = newMachineToken(given, { member: c.var.member, digest }, now(), random);
      await c.var.commit(newMachineTokenWrites(c.var.scope, token), {
        action: "token.created",
        target: { token: token.id },
      });
      return c.json({ ...tokenDetail({ token }, now()), secret }, 201, {
        etag: tagOf(token.revision),
        location: `/v1/tenants/${c.var.scope.tenant}/tokens/${token.id}`,
      });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/tokens/{token}", group, permission: "token.manage", params },
      summary: "A machine token, without its secret",
      answers: { 200: { description: "The token.", json: TokenDetail, headers: etag } },
    },
    async (c) => {
      const found = await find(c, c.req.valid("param").token);
      return c.json(tokenDetail(found, now()), 200, { etag: tagOf(found.token.revision) });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/tokens/{token}/rotate", group, permission: "token.manage", params },
      summary: "Give a machine token a new secret",
      description:
        "The new secret is good for as many days as the first one was. The one before stays good for some hours, so that every place where it is used can be told; `overlapHours: 0` ends it at once.",
      body: Rotation,
      bodyMayBeAbsent: true,
      ifMatch: "optional",
      answers: { 200: { description: "The token with its new secret.", json: WithSecret, headers: etag } },
      failures: ["conflict"],
    },
    async (c) => {
      const { token: before } = await find(c, c.req.valid("param").token);
      requireMatch(c.req.header("if-match"), before.revision);
      requireOwnScopes(c.var.permissions, [...permissionsOfScopes(before.scopes)]);
      const { secret, digest } = newSecret(c.var.scope);
      const token = rotated(before, digest, c.req.valid("json"), now());
      await c.var
        .commit(changedMachineTokenWrites(c.var.scope, before, token), {
          action: "token.rotated",
          target: { token: token.id },
        })
        .catch(asConflict(meanwhile));
      return c.json({ ...tokenDetail({ token }, now()), secret }, 200, { etag: tagOf(token.revision) });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "delete", path: "/tokens/{token}", group, permission: "token.manage", params },
      summary: "Revoke a machine token",
      description: "It works at once, for all of its secrets. The token stays on the list for 90 days after its end.",
      answers: { 200: { description: "The token, revoked.", json: TokenDetail, headers: etag } },
      failures: ["conflict"],
    },
    async (c) => {
      const found = await find(c, c.req.valid("param").token);
      const token = revoked(found.token, now());
      await c.var
        .commit(changedMachineTokenWrites(c.var.scope, found.token, token), {
          action: "token.revoked",
          target: { token: token.id },
        })
        .catch(asConflict(meanwhile));
      return c.json(tokenDetail({ ...found, token }, now()), 200, { etag: tagOf(token.revision) });
    },
  );

  function newSecret({ tenant }: TenantScope): { readonly secret: string; readonly digest: string } {
    const secret = newMachineSecret(tenant, random);
    const { digest = "" } = readMachineSecret(secret) ?? {};
    return { secret, digest };
  }
}

async function find(c: Context<TenantEnv>, id: string): Promise<ListedMachineToken> {
  const found = await readMachineToken(c.var.scope, id);
  if (!found) throw notFound();
  return found;
}

function tokenDetail({ token, lastUsedAt }: ListedMachineToken, now: Date): z.infer<typeof TokenDetail> {
  const { id, name, scopes, createdAt, createdBy, revokedAt } = token;
  const overlap = overlapOf(token, now);
  return {
    ...{ token: id, name, scopes, state: machineTokenState(token, now), createdAt, createdBy, endsAt: endsAt(token) },
    ...(overlap === undefined ? {} : { overlapEndsAt: overlap }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    ...(revokedAt === undefined ? {} : { revokedAt }),
  };
}

/** When the secret before the newest ends, as long as it is good. */
function overlapOf({ secrets, revokedAt }: MachineToken, now: Date): string | undefined {
  const before = secrets[1]?.endsAt;
  return revokedAt === undefined && before !== undefined && before > now.toISOString() ? before : undefined;
}
