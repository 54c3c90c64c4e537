/** The posture's content: one collection for each kind, all alike. What only claims and exceptions have stands in files of its own. */
import * as z from "zod";
import { requireMatch, tagOf } from "#shared/http/entity-tag.ts";
import { mergePatch } from "#shared/http/merge-patch.ts";
import { PageQuery, pageOf } from "#shared/http/page.ts";
import { invalid, parseInput } from "#shared/http/validate.ts";
import { ItemId } from "#shared/posture/head.ts";
import { kindNames } from "#shared/posture/kind-names.ts";
import { type ItemOf, type Kind, kinds } from "#shared/posture/kinds.ts";
import { listItems, listRevisions } from "#shared/store/drafts.ts";
import { commitEdits, findItem, refuseCircle, refuseFaults, todayOf } from "./posture-item.ts";
import { contentOf, idOfTitle, inputOf, manyOf, oneOf, pathOf, shown, shownOf } from "./posture-kind.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

const group = "Posture";
const params = z.object({ id: ItemId });
const ListQuery = PageQuery.extend({ cursor: ItemId.optional() });
const MergePatch = z
  .record(z.string(), z.unknown())
  .meta({ description: "A JSON merge patch (RFC 7396): what is null goes back to what it is when left out." });

export function postureRoutes(api: TenantApi, settings: { readonly now: () => Date }): void {
  for (const kind of kindNames) collectionRoutes(api, kind, settings);
}

function collectionRoutes<K extends Kind>(api: TenantApi, kind: K, { now }: { readonly now: () => Date }): void {
  const path = `/${pathOf(kind)}`;
  const one = oneOf(kind);
  const Shown = shownOf(kind);
  const answer = (description: string) => ({ description, json: Shown, headers: { ETag: "Its revision." } });

  tenantRoute(
    api,
    {
      ...{ method: "get", path, group, permission: "posture.read" },
      summary: `The ${manyOf(kind)} of the draft`,
      query: ListQuery,
      answers: { 200: { description: "A page of them, by id.", json: pageOf(Shown) } },
    },
    async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const { items, next } = await listItems(c.var.scope, kind, { limit, after: cursor });
      return c.json({ items: items.map(shown), cursor: next });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "post", path, group, permission: "posture.edit" },
      summary: `Add a ${one}`,
      description: "It is part of the draft. Nothing of it is public before it is published.",
      body: inputOf(kind),
      answers: { 201: answer(`The ${one}.`) },
      failures: ["conflict"],
    },
    async (c) => {
      const given = c.req.valid("json") as ItemOf<Kind> & { readonly id?: string };
      const id = given.id ?? idOfTitle(given.title);
      const item = parseInput(kinds[kind], { ...given, id }) as ItemOf<K>;
      refuseFaults(kind, item, await todayOf(c.var.scope, now()));
      await refuseCircle(c.var.scope, kind, item);
      await commitEdits(c.var, [{ kind, after: item }], { action: "posture.added", target: { kind, id } }, now());
      const made = await findItem(c.var.scope, kind, id);
      const location = `/v1/tenants/${c.var.scope.tenant}${path}/${id}`;
      return c.json(shown(made), 201, { etag: tagOf(made.item.revision), location });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "get", path: `${path}/{id}`, group, permission: "posture.read", params },
      summary: `A ${one}`,
      answers: { 200: answer(`The ${one}.`) },
    },
    async (c) => {
      const found = await findItem(c.var.scope, kind, c.req.valid("param").id);
      return c.json(shown(found), 200, { etag: tagOf(found.item.revision) });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "patch", path: `${path}/{id}`, group, permission: "posture.edit", params, ifMatch: "required" },
      summary: `Change a ${one}`,
      body: MergePatch,
      answers: { 200: answer(`The ${one} as it is now.`) },
      failures: ["conflict"],
    },
    async (c) => {
      const { id } = c.req.valid("param");
      const { item: before } = await findItem(c.var.scope, kind, id);
      requireMatch(c.req.header("if-match"), before.revision);
      const after = parseInput(kinds[kind], mergePatch(contentOf(before), c.req.valid("json"))) as ItemOf<K>;
      if (after.id !== id) throw invalid([{ pointer: "/id", detail: "stays as it is: add another one instead" }]);
      refuseFaults(kind, after, await todayOf(c.var.scope, now()));
      await refuseCircle(c.var.scope, kind, after);
      await commitEdits(c.var, [{ kind, before, after }], { action: "posture.changed", target: { kind, id } }, now());
      const changed = await findItem(c.var.scope, kind, id);
      return c.json(shown(changed), 200, { etag: tagOf(changed.item.revision) });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "delete", path: `${path}/{id}`, group, permission: "posture.edit", params, ifMatch: "required" },
      summary: `Remove a ${one}`,
      description: "From the draft. What was published stays as it was.",
      answers: { 204: { description: "It is removed." } },
      failures: ["conflict"],
    },
    async (c) => {
      const { id } = c.req.valid("param");
      const { item: before } = await findItem(c.var.scope, kind, id);
      requireMatch(c.req.header("if-match"), before.revision);
      await commitEdits(c.var, [{ kind, before }], { action: "posture.removed", target: { kind, id } }, now());
      return c.body(null, 204);
    },
  );

  const Revision = z.strictObject({
    revision: z.int(),
    item: shownOf(kind).nullable().meta({ description: "What it was; null where it was removed." }),
    changedAt: z.string(),
    changedBy: z.string(),
  });
  tenantRoute(
    api,
    {
      ...{ method: "get", path: `${path}/{id}/revisions`, group, permission: "posture.read", params },
      summary: `What a ${one} was before`,
      description: "The last fifty states of it, the newest first.",
      answers: { 200: { description: "Its revisions.", json: z.strictObject({ items: z.array(Revision) }) } },
    },
    async (c) => {
      const revisions = await listRevisions(c.var.scope, kind, c.req.valid("param").id);
      const items = revisions.map((state) => {
        const { item, revision, changedAt, changedBy } = state;
        return { revision, item: item ? shown({ item, changedAt, changedBy }) : null, changedAt, changedBy };
      });
      return c.json({ items });
    },
  );
}
