/** How the operators' API declares an operation. */
import type { Api } from "#shared/http/api.ts";
import type { Handle, Operation } from "#shared/http/operation.ts";
import type { OperatorEnv } from "./operator-request.ts";

type OperatorOperation = Omit<Operation, "permission" | "group">;

export type OperatorApi = Api<OperatorEnv>;

/** Adds an operation for operators, and for nobody else. */
export function operatorRoute<const O extends OperatorOperation>(
  api: OperatorApi,
  operation: O,
  handle: Handle<OperatorEnv, O>,
): void {
  const declared = { ...operation, group: "Tenants", permission: "platform" };
  api.declare(declared, handle as unknown as Handle<OperatorEnv, Operation>);
}
