import type { SesReceipt } from "#shared/mail/ses-receipt.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { inboundMail } from "#test/stage/doors.ts";
import { arrive, type Envelope } from "./arriving-mail.ts";
import { compose, type MailDraft, newSender } from "./composed-mail.ts";
import type { Stage } from "./stage.ts";

/** The address that a tenant publishes. */
export const addressOf = ({ tenant }: TenantScope): string => `security@${tenant}.localhost`;

/** A mail for a tenant, stored and not yet taken in. */
export function send(stage: Stage, tenant: TenantScope, draft: MailDraft = {}, envelope: Partial<Envelope> = {}) {
  const from = draft.from ?? newSender();
  return arrive(stage, compose({ ...draft, from }), { from, to: [addressOf(tenant)], ...envelope });
}

/** A mail for a tenant, taken in. */
export async function report(
  stage: Stage,
  tenant: TenantScope,
  draft: MailDraft = {},
  envelope: Partial<Envelope> = {},
): Promise<SesReceipt> {
  const notice = await send(stage, tenant, draft, envelope);
  await inboundMail(stage)(notice, "request-1");
  return notice;
}
