/** OpenID providers that a tenant brings: `/v1/tenants/<t>/issuers`. Their people count for this tenant, and for no other. */
import * as z from "zod";
import type { TokenRules } from "#shared/access/caller.ts";
import type { FetchDocument } from "#shared/access/fetch-document.ts";
import { requireReadableKeys } from "#shared/access/issuer-keys.ts";
import { Failure } from "#shared/failure.ts";
import { notFound } from "#shared/http/api.ts";
import { pageOf } from "#shared/http/page.ts";
import { Issuer, issuersAtMost, NewIssuer, newIssuer } from "#shared/identity/issuer.ts";
import type { Random } from "#shared/report/identifier.ts";
import { listIssuers, newIssuerWrite, removedIssuer } from "#shared/store/issuers.ts";
import { asConflict } from "./conflict.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

const IssuerDetail = Issuer.meta({ id: "Issuer" });
const group = "Issuers";

export function issuerRoutes(
  api: TenantApi,
  settings: {
    readonly tokens: TokenRules;
    readonly fetchDocument: FetchDocument;
    readonly now: () => Date;
    readonly random: Random;
  },
): void {
  tenantRoute(
    api,
    {
      ...{ method: "get", path: "/issuers", group, permission: "settings.read" },
      summary: "The tenant's own OpenID providers",
      answers: { 200: { description: "All of them.", json: pageOf(IssuerDetail) } },
    },
    async (c) => c.json({ items: await listIssuers(c.var.scope) }),
  );

  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/issuers", group, permission: "settings.manage" },
      summary: "Add an OpenID provider",
      description:
        "Its access tokens count for this tenant alone, and only those of members. Its keys are fetched when it is added, and must be there: over https, at a public address, without a redirect.",
      body: NewIssuer,
      answers: { 201: { description: "The provider.", json: IssuerDetail } },
      failures: ["conflict"],
    },
    async (c) => {
      const given = c.req.valid("json");
      const { scope } = c.var;
      if (given.issuer === settings.tokens.issuer)
        throw new Failure(
          "conflict",
          "This is the provider of the service itself, whose people can be members already.",
        );
      if ((await listIssuers(scope)).length >= issuersAtMost)
        throw new Failure("conflict", `A tenant has at most ${String(issuersAtMost)} issuers. Remove one first.`);
      await requireReadableKeys(settings.fetchDocument, given);
      const issuer = newIssuer(given, settings.now(), settings.random);
      await c.var
        .commit([newIssuerWrite(scope, issuer)], { action: "issuer.added", target: { issuer: issuer.id } })
        .catch(asConflict("The tenant has this issuer already. Remove it first to change it."));
      return c.json(issuer, 201, { location: `/v1/tenants/${scope.tenant}/issuers/${issuer.id}` });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "delete", path: "/issuers/{issuer}", group, permission: "settings.manage" },
      params: z.object({ issuer: z.string() }),
      summary: "Remove an OpenID provider",
      description: "It works at once. Its people stay members, whom nobody can prove to be until it is added again.",
      answers: { 204: { description: "Removed." } },
      failures: ["conflict"],
    },
    async (c) => {
      const { issuer: id } = c.req.valid("param");
      const issuer = (await listIssuers(c.var.scope)).find((one) => one.id === id);
      if (!issuer) throw notFound();
      await c.var
        .commit([removedIssuer(c.var.scope, issuer)], { action: "issuer.removed", target: { issuer: id } })
        .catch(asConflict("The issuer was removed meanwhile."));
      return c.body(null, 204);
    },
  );
}
