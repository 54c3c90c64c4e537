import type { AuditAction } from "#shared/audit/action.ts";
import type { Actor, LoggedEvent } from "#shared/audit/event.ts";
import { auditEntry, auditSaltLength } from "#shared/ledger/audit-entry.ts";
import { newIdentifier, type Random } from "#shared/report/identifier.ts";
import { partitions, sorts } from "./keys.ts";
import { waiting } from "./pending.ts";
import type { Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

/** An event: names of things, never what is in them. */
export interface AuditEvent {
  readonly at: Date;
  readonly actor: Actor;
  readonly action: AuditAction;
  /** Identifiers of what it was done to. */
  readonly target: Readonly<Record<string, string>>;
  /** The request or invocation it was done in. */
  readonly request: string;
}

/**
 * The write that records an event; belongs into the transaction of what it records. The tenant's audit log gets a salted hash
 * of it soon after.
 */
export function auditWrite(
  scope: TenantScope,
  { at, actor, action, target, request }: AuditEvent,
  random: Random,
): Write {
  const id = newIdentifier(random);
  const salt = random(auditSaltLength);
  const event: LoggedEvent = { id, tenant: scope.tenant, at: at.toISOString(), actor, action, target, request };
  return {
    put: {
      pk: partitions.audit(scope.tenant),
      sk: sorts.auditEvent(event.at, id),
      ...event,
      salt,
      ...waiting(id, auditEntry(event, salt), at),
    },
    guard: "absent",
  };
}
