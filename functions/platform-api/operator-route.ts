/** How the operators' API declares an operation. */
import type { Context } from "hono";
import type { Api } from "#shared/http/api.ts";
import { carryOutOnce } from "#shared/http/idempotency.ts";
import type { Handle, Operation } from "#shared/http/operation.ts";
import type { OperatorEnv } from "./operator-request.ts";

type OperatorOperation = Omit<Operation, "permission" | "idempotencyKey" | "group">;

export type OperatorApi = Api<OperatorEnv>;

/** Adds an operation for operators, and for nobody else; every POST takes `Idempotency-Key`. */
export function operatorRoute<const O extends OperatorOperation>(
  api: OperatorApi,
  operation: O,
  handle: Handle<OperatorEnv, O>,
): void {
  const isPost = operation.method === "post";
  api.declare(
    {
      ...operation,
      group: "Tenants",
      permission: "platform",
      ...(isPost ? { idempotencyKey: true as const } : {}),
    },
    handle as unknown as Handle<OperatorEnv, Operation>,
    { carryOut: (c, run) => (isPost ? once(c, run) : run()) },
  );
}

const once = (c: Context<OperatorEnv>, run: () => Promise<Response>): Promise<Response> =>
  carryOutOnce(c, c.var.once, (mark) => {
    c.set("mark", mark);
    return run();
  });
