import * as z from "zod";
import { partitions, sorts } from "./keys.ts";
import type { Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

/** Who did it: a person by issuer and subject, or a door by name. */
const Actor = z.union([
  z.strictObject({ issuer: z.string(), subject: z.string() }),
  z.strictObject({ door: z.string() }),
]);
type Actor = z.infer<typeof Actor>;

export type AuditAction =
  | "report.received"
  | "message.received"
  | "mail.duplicate"
  | "mail.quarantined"
  | "mail.sent"
  | "mail.refused"
  | "report.opened"
  | "messages.opened"
  | "attachment.opened"
  | "raw.opened";

/** An event: names of things, never what is in them. */
export interface AuditEvent {
  readonly id: string;
  readonly at: Date;
  readonly actor: Actor;
  readonly action: AuditAction;
  /** Identifiers of what it was done to. */
  readonly target: Readonly<Record<string, string>>;
  /** The request or invocation it was done in. */
  readonly request: string;
}

/** The write that records an event; belongs into the transaction of what it records. */
export function auditWrite(scope: TenantScope, { id, at, actor, action, target, request }: AuditEvent): Write {
  const instant = at.toISOString();
  return {
    put: {
      pk: partitions.audit(scope.tenant),
      sk: sorts.auditEvent(instant, id),
      id,
      at: instant,
      actor,
      action,
      target,
      request,
    },
    guard: "absent",
  };
}
