import type { TokenRules } from "#shared/access/caller.ts";
import { readCredential } from "#shared/access/credential.ts";
import type { FetchDocument } from "#shared/access/fetch-document.ts";
import { issuerKeys } from "#shared/access/issuer-keys.ts";
import { identifyOperator } from "#shared/access/operator.ts";
import { newApi } from "#shared/http/api.ts";
import { apiSecret } from "#shared/http/api-secret.ts";
import { pagingOf } from "#shared/http/paging.ts";
import type { Random } from "#shared/report/identifier.ts";
import { requestsOfOperators } from "#shared/store/idempotent-requests.ts";
import { platform } from "#shared/store/keys.ts";
import { operatorName, operatorSecret } from "#shared/store/operators.ts";
import type { Table } from "#shared/store/table.ts";
import { recordDeeds } from "./deeds.ts";
import type { OperatorEnv } from "./operator-request.ts";
import { tenantRoutes } from "./tenants.ts";

export interface PlatformPorts {
  readonly table: Table;
  readonly tokens: TokenRules;
  readonly groupsClaim: string;
  /** Reads what the OpenID provider publishes. */
  readonly fetchDocument: FetchDocument;
  readonly siteDomain: string;
  readonly now: () => Date;
  readonly random: Random;
  /** Told of what went wrong without anybody's intention; never of a request's content. */
  readonly report: (error: unknown, request: string) => void;
}

const description = `The API of the operators of a deployment of Candor: which tenants there are, and whether they are served. It sees nothing of what is in them, and being an operator gives no access to a tenant.

Whoever asks sends an access token of the deployment's OpenID provider as Authorization: Bearer; the provider says that they are in the group platform. What is done to a tenant stands in that tenant's audit log.

A change names the state that it changes: the ETag as If-Match. A POST under an Idempotency-Key is carried out once, however often it is sent within 24 hours.`;

/** The operators' API. The order is the order of trust: who is it, then the routes. */
export function createPlatformApi(ports: PlatformPorts) {
  const { table, random, report } = ports;
  const api = newApi<OperatorEnv>({
    ...{ title: "Candor platform API", description, report },
    ...{ documentAt: "/platform/openapi.json", referenceAt: "/platform/" },
  });
  const { app } = api;
  const secret = apiSecret(() => operatorSecret(table, random));
  const rules = { ...ports, keysOf: issuerKeys(ports) };

  app.use("/v1/*", async (c, next) => {
    const credential = readCredential(c.req.header("authorization"), new URL(c.req.url).searchParams);
    const operator = await operatorName(table, await identifyOperator(rules, credential), random);
    c.set("paging", pagingOf(c, platform, { secret, random }));
    c.set("once", { ...ports, requests: requestsOfOperators(table), member: operator, secret });
    const { request } = c.var;
    c.set("commit", recordDeeds({ ...ports, operator, request, mark: () => c.var.mark }));
    await next();
  });

  tenantRoutes(api, ports);
  return api;
}
