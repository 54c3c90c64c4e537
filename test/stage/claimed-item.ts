import { randomBytes } from "node:crypto";
import { auditWrite } from "#shared/store/audit.ts";
import { claim, type OutboxItem } from "#shared/store/outbox.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";

/** Takes an item for sending, as the outbox does before it opens it. */
export const claimItem = (tenant: TenantScope, item: OutboxItem, now: Date): Promise<boolean> =>
  claim(tenant, item, auditWrite(tenant, openedBy(item, now), randomBytes), now);

const openedBy = ({ id }: OutboxItem, at: Date) =>
  ({ at, actor: { door: "outbox" }, action: "mail.opened", target: { item: id }, request: "request-o" }) as const;
