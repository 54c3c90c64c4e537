import { createHash } from "node:crypto";
import { automatic } from "#shared/mail/automatic.ts";
import type { Delivery } from "#shared/mail/delivery.ts";
import { bodyBytes, contentDigest } from "#shared/mail/digest.ts";
import type { Mail } from "#shared/mail/message.ts";
import { senderStanding } from "#shared/mail/sender-standing.ts";
import type { Arrival } from "#shared/report/intake-decision.ts";
import { keyedDigest } from "#shared/report/mail-digests.ts";
import type { MailDigests } from "#shared/store/intake.ts";
import type { Addressee } from "./addressees.ts";

/** What a mail is, as far as the decision about it needs to know. */
export function arrivalOf(mail: Mail, delivery: Delivery, digests: MailDigests, own: OwnAddresses): Arrival {
  const { verdicts, envelopeFrom } = delivery;
  const ownAddresses = [`@${own.mailDomain}`, ...own.contacts];
  const nature = automatic({ mail, envelopeFrom, verdicts, ownAddresses });
  return {
    kind: nature.kind,
    answer: nature.mayAnswer ? { allowed: true } : { allowed: false, reason: nature.reason ?? "automatic mail" },
    standing: senderStanding(mail, verdicts),
    severalFrom: mail.fromProblems.includes("several-from-headers"),
    readable: mail.hasHeader,
    problems: mail.problems.length > 0,
    spam: verdicts.spam,
    virus: verdicts.virus,
    sender: digests.sender,
  };
}

/** Where the tenant itself takes mail: what comes from there is never answered. */
interface OwnAddresses {
  readonly mailDomain: string;
  readonly contacts: readonly string[];
}

/** The keyed digests by which a tenant knows this mail again. */
export function digestsOf(mail: Mail, raw: Uint8Array, { digestKey }: Addressee): MailDigests {
  const { messageId } = mail;
  const sender = mail.from?.address.toLowerCase();
  const body = createHash("sha256").update(bodyBytes(mail, raw)).digest();
  return {
    mail: messageId === undefined ? undefined : keyedDigest(digestKey, "mail", messageId, body),
    messageId: messageId === undefined ? undefined : keyedDigest(digestKey, "message-id", messageId),
    content: sender === undefined ? undefined : keyedDigest(digestKey, "content", sender, contentDigest(mail)),
    sender: sender === undefined ? undefined : keyedDigest(digestKey, "sender", sender),
  };
}

/** Ids that SES gave to mails of ours which this one answers, nearest first: `In-Reply-To`, then `References` from its end. */
export function referencedMails(mail: Mail): string[] {
  const ids = [...mail.inReplyTo, ...[...mail.references].reverse()];
  const ours = ids.flatMap((id) => /^([^@\s]{1,200})@(?:email|[a-z0-9-]+)\.amazonses\.com$/.exec(id)?.[1] ?? []);
  return [...new Set(ours)].slice(0, referencesAtMost);
}
const referencesAtMost = 20;
