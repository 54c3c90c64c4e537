import type { AuditAction } from "#shared/audit/action.ts";
import type { ApiVariables } from "#shared/http/api.ts";
import type { Write } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";

/** What was done to a tenant, and to what of it. */
interface Deed {
  readonly action: AuditAction;
  readonly target: Readonly<Record<string, string>>;
}

/** What a request carries once it is known which operator asks. */
export interface OperatorVariables extends ApiVariables {
  /**
   * Carries out what the request is about: all writes or none, together with their event in the tenant's audit log. Throws `GuardFailed` with positions in `writes`.
   */
  commit: (scope: TenantScope, writes: readonly Write[], deed: Deed) => Promise<void>;
}

export type OperatorEnv = { Variables: OperatorVariables };
