/** Trust rules of a tenant: `/v1/tenants/<t>/trust-rules`. Whose tokens are exchanged for one of Candor's stands here. */
import type { Context } from "hono";
import * as z from "zod";
import type { FetchDocument } from "#shared/access/fetch-document.ts";
import { requireReadableKeys } from "#shared/access/issuer-keys.ts";
import { permissionsOfScopes, requireOwnScopes, Scopes } from "#shared/access/scopes.ts";
import { Failure } from "#shared/failure.ts";
import { notFound } from "#shared/http/api.ts";
import { requireMatch, tagOf } from "#shared/http/entity-tag.ts";
import { pageOf } from "#shared/http/page.ts";
import {
  changedTrustRule,
  NewTrustRule,
  newTrustRule,
  TrustRule,
  trustRulesAtMost,
} from "#shared/identity/trust-rule.ts";
import type { Random } from "#shared/report/identifier.ts";
import {
  changedTrustRuleWrite,
  newTrustRuleWrite,
  readTrustRule,
  readTrustRules,
  removedTrustRule,
} from "#shared/store/trust-rules.ts";
import { asConflict } from "./conflict.ts";
import type { TenantEnv } from "./tenant-request.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

const Creation = NewTrustRule.extend({ scopes: Scopes });
const Change = z.strictObject({
  name: NewTrustRule.shape.name.optional(),
  audience: NewTrustRule.shape.audience.optional(),
  claims: NewTrustRule.shape.claims.optional(),
  scopes: Scopes.optional(),
  lifetime: NewTrustRule.shape.lifetime.unwrap().optional(),
});
const TrustRuleDetail = TrustRule.omit({ revision: true }).meta({ id: "TrustRule" });

const group = "Trust rules";
const params = z.object({ rule: z.string().regex(/^[a-z2-7]{26}$/) });
const shown = (description: string) => ({ description, json: TrustRuleDetail, headers: { ETag: "Its revision." } });
const meanwhile = "The rule was changed meanwhile. Read it again, then decide anew.";

export function trustRuleRoutes(
  api: TenantApi,
  settings: { readonly fetchDocument: FetchDocument; readonly now: () => Date; readonly random: Random },
): void {
  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/trust-rules", group, permission: "settings.read" },
      summary: "The trust rules",
      answers: { 200: { description: "All of them.", json: pageOf(TrustRuleDetail) } },
    },
    async ({ var: { scope }, ...c }) =>
      c.json({ items: (await readTrustRules(scope.table, scope.tenant)).map(ruleDetail) }),
  );

  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/trust-rules", group, permission: "settings.manage" },
      summary: "Trust the tokens of another provider",
      description:
        'A claim is wanted letter by letter, or as `{"pattern": "^...$"}` with the wildcards `[^/]+`, `[^/]*`, `[0-9]+`, `.+` and `.*`. A rule that would let in whom it does not name is refused with the reason.',
      body: Creation,
      answers: { 201: shown("The rule.") },
      failures: ["conflict"],
    },
    async (c) => {
      const given = c.req.valid("json");
      const { scope } = c.var;
      requireOwnScopes(c.var.permissions, given.scopes);
      const rule = newTrustRule(given, settings.now(), settings.random);
      if ((await readTrustRules(scope.table, scope.tenant)).length >= trustRulesAtMost)
        throw new Failure(
          "conflict",
          `A tenant has at most ${String(trustRulesAtMost)} trust rules. Remove one first.`,
        );
      await requireReadableKeys(settings.fetchDocument, rule);
      await c.var.commit([newTrustRuleWrite(scope, rule)], { action: "trust-rule.added", target: { rule: rule.id } });
      return c.json(ruleDetail(rule), 201, {
        etag: tagOf(rule.revision),
        location: `/v1/tenants/${scope.tenant}/trust-rules/${rule.id}`,
      });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/trust-rules/{rule}", group, permission: "settings.read", params },
      summary: "A trust rule",
      answers: { 200: shown("The rule.") },
    },
    async (c) => show(c, await find(c, c.req.valid("param").rule)),
  );

  tenantRoute(
    api,
    {
      ...{ method: "patch", path: "/trust-rules/{rule}", group, permission: "settings.manage", params },
      summary: "Change a trust rule",
      description: "Claims are replaced as a whole. For another issuer make another rule.",
      body: Change,
      ifMatch: "required",
      answers: { 200: shown("The rule as it is now.") },
      failures: ["conflict"],
    },
    async (c) => {
      const before = await find(c, c.req.valid("param").rule);
      requireMatch(c.req.header("if-match"), before.revision);
      const after = changedTrustRule(before, definedOf(c.req.valid("json")));
      requireOwnScopes(c.var.permissions, [...permissionsOfScopes(after.scopes)]);
      await c.var
        .commit([changedTrustRuleWrite(c.var.scope, before, after)], {
          action: "trust-rule.changed",
          target: { rule: after.id },
        })
        .catch(asConflict(meanwhile));
      return show(c, after);
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "delete", path: "/trust-rules/{rule}", group, permission: "settings.manage", params },
      summary: "Remove a trust rule",
      description: "No token is given for it any more; those that were given end within 15 minutes.",
      ifMatch: "optional",
      answers: { 204: { description: "Removed." } },
      failures: ["conflict"],
    },
    async (c) => {
      const rule = await find(c, c.req.valid("param").rule);
      requireMatch(c.req.header("if-match"), rule.revision);
      await c.var
        .commit([removedTrustRule(c.var.scope, rule)], { action: "trust-rule.removed", target: { rule: rule.id } })
        .catch(asConflict(meanwhile));
      return c.body(null, 204);
    },
  );
}

async function find(c: Context<TenantEnv>, id: string): Promise<TrustRule> {
  const rule = await readTrustRule(c.var.scope, id);
  if (!rule) throw notFound();
  return rule;
}

const show = (c: Context<TenantEnv>, rule: TrustRule): Response =>
  c.json(ruleDetail(rule), 200, { etag: tagOf(rule.revision) });

const ruleDetail = ({ revision: _, ...rule }: TrustRule) => rule;

/** Without the fields that nothing is said of. */
type Defined<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };
const definedOf = <T extends object>(given: T): Defined<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Defined<T>;
