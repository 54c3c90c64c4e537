import type { TenantScope } from "#shared/store/tenant-scope.ts";
import type { ApiClient, Role } from "#test/stage/api-client.ts";
import { adminApi } from "#test/stage/doors.ts";
import type { Stage } from "#test/stage/stage.ts";

export interface Answer {
  readonly status: number;
  readonly etag: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads of an answer's JSON is for the test to check.
  readonly body: any;
}

interface Asking {
  readonly method?: string;
  readonly role?: Role;
  readonly of?: TenantScope;
  readonly ifMatch?: string;
}

/** Asks for paths under a tenant's keys, with a JSON body where one is given: text is sent as it is. */
export function keyClient(stage: Stage, api: ApiClient) {
  return async (tenant: TenantScope, path: string, body?: unknown, asking: Asking = {}): Promise<Answer> => {
    const { method = body === undefined ? "GET" : "POST", role = "owner", of = tenant, ifMatch } = asking;
    const app = adminApi(stage, api.issuer.rules(), api.errors);
    const token = await api.issuer.token(`${of.tenant}-${role}`);
    const answer = await app.request(`/v1/tenants/${tenant.tenant}/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(ifMatch === undefined ? {} : { "if-match": ifMatch }) },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      etag: answer.headers.get("etag"),
      body: text === "" ? undefined : JSON.parse(text),
    };
  };
}
