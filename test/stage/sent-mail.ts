import type { SentMail } from "#infra/local/ses/mailbox.ts";
import { partitions } from "#shared/store/keys.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { outbox } from "./doors.ts";
import type { Stage } from "./stage.ts";

/** What was sent to an address, oldest first. */
export const mailsTo = (stage: Stage, address: string): SentMail[] =>
  stage.mailbox
    .list(10_000)
    .filter(({ to }) => to.includes(address))
    .reverse();

/** Delivers everything in a tenant's outbox, as the stream would; what is not due stays. */
export async function deliverAll(stage: Stage, tenant: TenantScope): Promise<void> {
  const deliver = outbox(stage);
  for (const id of await outboxIds(tenant)) await deliver({ tenant: tenant.tenant, id }, "request-o");
}

export async function outboxIds(tenant: TenantScope): Promise<string[]> {
  const { items } = await tenant.table.list({ partition: partitions.outbox(tenant.tenant) });
  return items.map(({ id }) => String(id));
}

/** A header field of a sent mail. */
export const field = (mail: SentMail | undefined, name: string): string => String(mail?.headers[name] ?? "");
