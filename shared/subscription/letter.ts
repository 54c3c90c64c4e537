import { composeAutomaticMail } from "#shared/outbox/raw-mail.ts";
import { recipientMark } from "#shared/outbox/recipient.ts";
import type { TenantProfile } from "#shared/tenant/tenant.ts";
import type { MailText } from "./mail.ts";

/** Where links in mails lead: a tenant's pages. `siteUrl`: `https://{tenant}.example.com`. */
export const linkTo = (siteUrl: string, tenant: string, path: string): string =>
  `${siteUrl.replace("{tenant}", tenant)}${path}`;

/** The page that ends a subscription; a mail program posts to it for one click (RFC 8058). */
export const leavePath = (token: string): string => `/subscribe/unsubscribe?token=${token}`;

/** A mail to a subscriber whose address is sealed on its own. `leave`: the link that ends the subscription. */
export async function letter(
  { slug, name }: Pick<TenantProfile, "slug" | "name">,
  mailDomain: string,
  { subject, text, leave }: MailText & { readonly leave: string },
): Promise<{ readonly from: string; readonly to: string[]; readonly raw: string }> {
  const domain = `${slug}.${mailDomain}`;
  const from = { name: `${name} security`, address: `security@${domain}` };
  const list = { id: `posture.${domain}`, unsubscribe: leave };
  const raw = await composeAutomaticMail({ from, to: recipientMark, subject, text, list });
  return { from: from.address, to: [recipientMark], raw };
}
