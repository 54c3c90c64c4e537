import type { Caller } from "#shared/access/caller.ts";
import type { Permission } from "#shared/access/permissions.ts";
import type { AuditAction } from "#shared/audit/action.ts";
import type { ApiVariables } from "#shared/http/api.ts";
import type { Once } from "#shared/http/idempotency.ts";
import type { Paging } from "#shared/http/paging.ts";
import type { Write } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import type { Standing } from "#shared/tenant/standing.ts";
import type { TenantPorts } from "./tenant-ports.ts";

/** What was done, and to what: names, never what is in them. */
export interface Deed {
  readonly action: AuditAction;
  readonly target: Readonly<Record<string, string>>;
}

/** What a request carries once it is known who asks, and for which tenant. */
export interface TenantVariables extends ApiVariables {
  who: Caller;
  scope: TenantScope;
  ports: TenantPorts;
  /** What the audit calls whoever asks. */
  member: string;
  /** What whoever asks may do. */
  permissions: ReadonlySet<Permission>;
  /** Where lists go on. */
  paging: Paging;
  /** How a request under an `Idempotency-Key` is carried out. */
  once: Once;
  /** What notes in the transaction that the request is carried out; nothing where it has no key. */
  mark: Write | undefined;
  isOwner: boolean;
  /** Whether the tenant is served. */
  standing: Standing;
  /** Records that something was opened or used, before it is. */
  trace: (deed: Deed) => Promise<void>;
  /**
   * Carries out what the request is about: all writes or none, together with their audit event and with the note that the
   * request was carried out. Throws `GuardFailed` with positions in `writes`. Writes of a request go no other way.
   */
  commit: (writes: readonly Write[], deed: Deed) => Promise<void>;
}

export type TenantEnv = { Variables: TenantVariables };
