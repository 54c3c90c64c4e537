import type { Role, Subject } from "#shared/store/members.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import type { TenantPorts } from "./tenant-ports.ts";

/** What a request carries once it is known who asks, and for which tenant. */
export interface TenantVariables {
  readonly scope: TenantScope;
  readonly ports: TenantPorts;
  readonly who: Subject;
  /** What the audit calls whoever asks. */
  readonly member: string;
  readonly role: Role;
  readonly request: string;
}
