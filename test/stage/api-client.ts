import { afterAll, beforeAll } from "vitest";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { adminApi } from "./doors.ts";
import { type Issuer, startIssuer } from "./issuer.ts";
import type { Stage } from "./stage.ts";

export type Role = "owner" | "operator" | "viewer";

/** The admin API of a stage, with an issuer of its own, for a test file. */
export interface ApiClient {
  readonly issuer: Issuer;
  /** What the API reported as nobody's intention. */
  readonly errors: unknown[];
  /** Asks for a path under `/v1/tenants/<tenant>/` as a member of that tenant; `as` takes another tenant's member. */
  get(tenant: TenantScope, path: string, as?: { role?: Role; of?: TenantScope; method?: string }): Promise<Response>;
  /** Asks for any path with this Authorization header. */
  ask(path: string, authorization?: string, init?: RequestInit): Promise<Response>;
}

export function useApi(stage: Stage): ApiClient {
  let issuer: Issuer | undefined;
  let app: ReturnType<typeof adminApi> | undefined;
  const errors: unknown[] = [];
  beforeAll(async () => {
    issuer = await startIssuer(stage.clock);
    app = adminApi(stage, issuer.rules(), errors);
  });
  afterAll(() => issuer?.close());
  const up = () => {
    if (!issuer || !app) throw new Error("The API is up in tests and hooks only.");
    return { issuer, app };
  };
  const ask: ApiClient["ask"] = async (path, authorization, init = {}) =>
    up().app.request(path, { ...init, headers: authorization === undefined ? {} : { authorization } });
  return {
    get issuer() {
      return up().issuer;
    },
    errors,
    ask,
    async get(tenant, path, { role = "operator", of = tenant, method = "GET" } = {}) {
      const token = await up().issuer.token(`${of.tenant}-${role}`);
      return ask(`/v1/tenants/${tenant.tenant}/${path}`, `Bearer ${token}`, { method });
    },
  };
}
