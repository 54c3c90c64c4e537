/** One mail handed over by SES: where it is stored, who it was for, what SES found. */
import type { Mail } from "./message.ts";
import type { SesReceipt } from "./ses-receipt.ts";
import type { Verdict, Verdicts } from "./verdicts.ts";

export interface Delivery {
  readonly sesId: string;
  readonly objectKey: string;
  readonly receivedAt: Date;
  /** Empty for bounces. */
  readonly envelopeFrom: string;
  readonly recipients: readonly string[];
  readonly verdicts: Verdicts;
}

/** The delivery that a notification tells of. */
export function deliveryOf({ mail, receipt }: SesReceipt): Delivery {
  return {
    sesId: mail.messageId,
    objectKey: receipt.action.objectKey,
    receivedAt: mail.timestamp,
    envelopeFrom: bare(mail.source),
    recipients: receipt.recipients,
    verdicts: {
      spf: receipt.spfVerdict.status,
      dkim: receipt.dkimVerdict.status,
      dmarc: receipt.dmarcVerdict.status,
      dmarcPolicy: receipt.dmarcPolicy,
      spam: receipt.spamVerdict.status,
      virus: receipt.virusVerdict.status,
    },
  };
}

/**
 * The delivery of a stored mail whose notification is lost, from the header fields that SES put on top of it: the envelope
 * recipient of the first `Received` (SES names it where there was one), the first verdicts. A sender can add fields like
 * these only below them. What is not there counts as unknown: GRAY, and no recipient. A failed DMARC check counts as such, or a
 * forged sender would be answered; a passed one does not, since the line also holds what the sender called itself.
 */
export function sweptDelivery(stored: { readonly objectKey: string; readonly storedAt: Date }, mail: Mail): Delivery {
  const verdict = (field: string): Verdict => {
    const value = mail.header(field)?.trim().toUpperCase();
    return value === "PASS" || value === "FAIL" ? value : "GRAY";
  };
  const recipient = /\bfor\s+<?([^\s<>;]+@[^\s<>;]+)>?\s*;/i.exec(mail.header("received") ?? "")?.[1];
  return {
    sesId: stored.objectKey.slice(stored.objectKey.lastIndexOf("/") + 1),
    objectKey: stored.objectKey,
    receivedAt: stored.storedAt,
    envelopeFrom: bare(mail.header("return-path") ?? ""),
    recipients: recipient === undefined ? [] : [recipient],
    verdicts: {
      spf: "GRAY",
      dkim: "GRAY",
      dmarc: /^\s*amazonses\.com\s*;(?:.*;)?\s*dmarc\s*=\s*fail\b/is.test(mail.header("authentication-results") ?? "")
        ? "FAIL"
        : "GRAY",
      spam: verdict("x-ses-spam-verdict"),
      virus: verdict("x-ses-virus-verdict"),
    },
  };
}

const bare = (path: string): string => path.trim().replace(/^<(.*)>$/, "$1");
