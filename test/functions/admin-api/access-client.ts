import { connectPublicFetch } from "#shared/net/public-fetch.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import type { ApiClient, Role } from "#test/stage/api-client.ts";
import type { CheckedApi } from "#test/stage/checked-api.ts";
import { adminApi } from "#test/stage/doors.ts";
import type { Stage } from "#test/stage/stage.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads of an answer's JSON is for the test to check.
  readonly body: any;
}

interface Asking {
  readonly method?: string;
  readonly role?: Role;
  readonly of?: TenantScope;
  /** Sent instead of a member's token. */
  readonly credential?: string;
  readonly ifMatch?: string | null;
}

export interface AccessClient {
  /** Asks for a path under a tenant, with a JSON body where one is given. */
  ask(tenant: TenantScope, path: string, body?: unknown, asking?: Asking): Promise<Answer>;
  /** Asks for any path with a credential. */
  as(credential: string, path: string): Promise<Answer>;
  /** Sends a form to `/v1/token`. */
  exchange(form: Readonly<Record<string, string>> | string): Promise<Answer>;
}

/** The API with an Internet of its own: documents by address. Whatever else is fetched is fetched as the doors do. */
export function accessClient(
  stage: Stage,
  api: ApiClient,
  documents: Readonly<Record<string, () => unknown>> = {},
): AccessClient {
  let made: CheckedApi | undefined;
  function app(): CheckedApi {
    if (made) return made;
    const rules = api.issuer.rules();
    const outside = connectPublicFetch({ exceptions: [new URL(rules.jwksUrl ?? "").origin] });
    made = adminApi(stage, rules, api.errors, {
      fetchDocument: async (url) => {
        const document = documents[url.href];
        return document ? Buffer.from(JSON.stringify(document())) : outside(url);
      },
    });
    return made;
  }
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const answer = await app().request(path, init);
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === "" ? undefined : JSON.parse(text) };
  };
  return {
    async ask(tenant, path, body, asking = {}) {
      const { method = body === undefined ? "GET" : "POST", role = "owner", of = tenant, ifMatch = null } = asking;
      const credential = asking.credential ?? (await api.issuer.token(`${of.tenant}-${role}`));
      return send(`/v1/tenants/${tenant.tenant}/${path}`, {
        method,
        headers: { authorization: `Bearer ${credential}`, ...(ifMatch === null ? {} : { "if-match": ifMatch }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    },
    as: (credential, path) => send(path, { headers: { authorization: `Bearer ${credential}` } }),
    exchange: (form) =>
      send("/v1/token", {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams(form).toString(),
      }),
  };
}
