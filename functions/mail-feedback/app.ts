/** Notes what SES says of a mail we sent: that it was sent (which settles a doubtful claim), and what became of it. */
import { scopeOfWork } from "#shared/access/scope.ts";
import type { AuditAction } from "#shared/audit/action.ts";
import type { SesEvent } from "#shared/mail/ses-event.ts";
import type { Random } from "#shared/report/identifier.ts";
import { meetAcknowledgeClocks } from "#shared/store/acknowledge-clock.ts";
import { auditWrite } from "#shared/store/audit.ts";
import { markDelivery, markSent, type OutboxItem, readOutboxItem } from "#shared/store/outbox.ts";
import { sentItem } from "#shared/store/sent-mail.ts";
import { forgetSubscription } from "#shared/store/subscriptions.ts";
import { GuardFailed, type Table, type Write } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";

export interface FeedbackPorts {
  readonly table: Table;
  readonly now: () => Date;
  readonly random: Random;
}

const deliveries: Partial<Record<SesEvent["kind"], NonNullable<OutboxItem["delivery"]>>> = {
  Delivery: "delivered",
  Bounce: "bounced",
  Complaint: "complained",
};

export async function noteFeedback(ports: FeedbackPorts, event: SesEvent, request: string): Promise<void> {
  const known = tagged(event) ?? (await sentItem(ports.table, event.mail.messageId));
  // Mail that is not from the outbox, or whose tenant is gone: nothing to note.
  if (!known) return;
  const scope = scopeOfWork(ports.table, known.tenant);
  const item = await readOutboxItem(scope, known.item);
  if (!item) return;
  if (item.state === "claimed") await confirmSent(ports, scope, item, event.mail.messageId, request);
  const delivery = deliveries[event.kind];
  if (item.subscription !== undefined && isUnwelcome(event))
    await endSubscription(ports, scope, item.subscription, request);
  if (delivery === undefined || delivery === item.delivery) return;
  const told = audit(ports, scope, `mail.${delivery}`, { item: item.id, mail: event.mail.messageId }, request);
  await unlessChanged(ports.table.transact([markDelivery(scope, item.id, delivery), told]));
}

/** There is no such address, or its owner calls the mail unwanted: it gets no more. */
const isUnwelcome = ({ kind, bounce }: SesEvent): boolean =>
  kind === "Complaint" || (kind === "Bounce" && bounce?.bounceType === "Permanent");

async function endSubscription(ports: FeedbackPorts, scope: TenantScope, subscription: string, request: string) {
  const ended = audit(ports, scope, "subscription.ended", { subscription }, request);
  await unlessChanged(ports.table.transact([{ ...forgetSubscription(scope, subscription), guard: "present" }, ended]));
}

/** The item was claimed and nobody noted that it went out: SES says that it did. */
async function confirmSent(
  ports: FeedbackPorts,
  scope: TenantScope,
  item: OutboxItem,
  sesId: string,
  request: string,
): Promise<void> {
  const at = ports.now();
  const writes: Write[] = [
    ...markSent(scope, item, sesId, at),
    audit(ports, scope, "mail.sent", { item: item.id, mail: sesId }, request),
  ];
  // The clocks first: an item that is noted as sent is never looked at again.
  await meetAcknowledgeClocks(scope, item, at);
  await unlessChanged(ports.table.transact(writes));
}

function audit(
  { now, random }: FeedbackPorts,
  scope: TenantScope,
  action: AuditAction,
  target: Readonly<Record<string, string>>,
  request: string,
): Write {
  return auditWrite(scope, { at: now(), actor: { door: "mail-feedback" }, action, target, request }, random);
}

function tagged(event: SesEvent): { tenant: string; item: string } | undefined {
  const tenant = event.mail.tags?.["candor-tenant"]?.[0];
  const item = event.mail.tags?.["candor-item"]?.[0];
  return tenant !== undefined && item !== undefined ? { tenant, item } : undefined;
}

/** Somebody else noted it first: that is as good. */
async function unlessChanged(write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
  }
}
