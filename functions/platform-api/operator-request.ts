import type { AuditAction } from "#shared/audit/action.ts";
import type { ApiVariables } from "#shared/http/api.ts";
import type { Once } from "#shared/http/idempotency.ts";
import type { Paging } from "#shared/http/paging.ts";
import type { Write } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";

/** What was done to a tenant, and to what of it. */
interface Deed {
  readonly action: AuditAction;
  readonly target: Readonly<Record<string, string>>;
}

/** What a request carries once it is known which operator asks. */
export interface OperatorVariables extends ApiVariables {
  /** Where lists go on. */
  paging: Paging;
  /** How a request under an `Idempotency-Key` is carried out. */
  once: Once;
  /** What notes in the transaction that the request is carried out; nothing where it has no key. */
  mark: Write | undefined;
  /**
   * Carries out what the request is about: all writes or none, together with their event in the tenant's audit log and with the
   * note that the request was carried out. Throws `GuardFailed` with positions in `writes`.
   */
  commit: (scope: TenantScope, writes: readonly Write[], deed: Deed) => Promise<void>;
}

export type OperatorEnv = { Variables: OperatorVariables };
