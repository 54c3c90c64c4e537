import type { AuditAction } from "#shared/audit/action.ts";
import type { Random } from "#shared/report/identifier.ts";
import { auditWrite } from "#shared/store/audit.ts";
import type { Write } from "#shared/store/table.ts";
import type { TenantVariables } from "./tenant-request.ts";

/** Records who does what. */
export interface AuditTrail {
  /** Written and committed before anything is opened. */
  trace(by: TenantVariables, action: AuditAction, target: Readonly<Record<string, string>>): Promise<void>;
  /** The event as a write, for the transaction of what it records. */
  event(by: TenantVariables, action: AuditAction, target: Readonly<Record<string, string>>): Write;
}

export function auditTrail(settings: { readonly now: () => Date; readonly random: Random }): AuditTrail {
  const event: AuditTrail["event"] = ({ scope, member, request }, action, target) =>
    auditWrite(scope, { at: settings.now(), actor: { member }, action, target, request }, settings.random);
  return { event, trace: (by, action, target) => by.scope.table.write(event(by, action, target)) };
}
