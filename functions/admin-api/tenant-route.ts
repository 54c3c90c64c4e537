/** How the API of a tenant declares an operation: with the permission that it needs. All else follows from its kind. */
import type { Context } from "hono";
import { type Permission, requirePermission } from "#shared/access/permissions.ts";
import type { Api } from "#shared/http/api.ts";
import { carryOutOnce } from "#shared/http/idempotency.ts";
import type { Handle, Operation } from "#shared/http/operation.ts";
import { requireServed } from "./standing.ts";
import type { TenantEnv } from "./tenant-request.ts";

/** `path` is what comes after `/v1/tenants/{tenant}`. */
type TenantOperation = Omit<Operation, "permission" | "idempotencyKey"> & { readonly permission: Permission };

export type TenantApi = Api<TenantEnv>;

/**
 * Adds an operation under `/v1/tenants/{tenant}`. Whoever has not the permission gets 403, whether or not the thing is there;
 * every POST takes `Idempotency-Key`.
 */
export function tenantRoute<const O extends TenantOperation>(
  api: TenantApi,
  operation: O,
  handle: Handle<TenantEnv, O>,
): void {
  const { permission, method, failures = [] } = operation;
  const whileNotServed = method === "get" ? (["gone"] as const) : (["gone", "conflict"] as const);
  api.declare(
    {
      ...operation,
      path: `/v1/tenants/{tenant}${operation.path}`,
      failures: [...failures, ...whileNotServed],
      ...(operation.method === "post" ? { idempotencyKey: true as const } : {}),
    },
    handle as unknown as Handle<TenantEnv, Operation>,
    {
      admit(c) {
        requirePermission(c.var.permissions, permission);
        requireServed(c.var.standing, { method, permission, isOwner: c.var.isOwner });
      },
      carryOut: (c, run) => (method === "post" ? once(c, run) : run()),
    },
  );
}

const once = (c: Context<TenantEnv>, run: () => Promise<Response>): Promise<Response> =>
  carryOutOnce(c, c.var.once, (mark) => {
    c.set("mark", mark);
    return run();
  });
