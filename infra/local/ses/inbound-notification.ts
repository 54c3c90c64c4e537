import type { HeaderSection } from "./header-section.ts";
import type { Arrival } from "./inbound-message.ts";
import type { DmarcPolicy, VerdictStatus, Verdicts } from "./inbound-verdicts.ts";
import { headerAddresses, type MailFacts, mailFacts } from "./mail-facts.ts";

interface Verdict {
  readonly status: VerdictStatus;
}

/** What SES publishes to SNS after its S3 action stored a message (JSON in the SNS `Message`). */
export interface InboundNotification {
  readonly notificationType: "Received";
  readonly mail: MailFacts & {
    readonly timestamp: string;
    readonly source: string;
    readonly messageId: string;
    readonly destination: readonly string[];
  };
  readonly receipt: {
    readonly timestamp: string;
    readonly processingTimeMillis: number;
    readonly recipients: readonly string[];
    readonly spamVerdict: Verdict;
    readonly virusVerdict: Verdict;
    readonly spfVerdict: Verdict;
    readonly dkimVerdict: Verdict;
    readonly dmarcVerdict: Verdict;
    readonly dmarcPolicy?: DmarcPolicy;
    readonly action: S3Action;
  };
}

export interface S3Action {
  readonly type: "S3";
  readonly topicArn: string;
  readonly bucketName: string;
  readonly objectKeyPrefix: string;
  readonly objectKey: string;
}

/** @param section the header section of the message as stored */
export function inboundNotification(
  arrival: Arrival,
  verdicts: Verdicts,
  section: HeaderSection,
  { action, processingTimeMillis }: { action: S3Action; processingTimeMillis: number },
): InboundNotification {
  const timestamp = arrival.at.toISOString();
  return {
    notificationType: "Received",
    mail: {
      timestamp,
      source: arrival.sender,
      messageId: arrival.messageId,
      destination: headerAddresses(section, "To", "Cc"),
      ...mailFacts(section, arrival.sender),
    },
    receipt: {
      timestamp,
      processingTimeMillis,
      recipients: arrival.recipients,
      spamVerdict: { status: verdicts.spam },
      virusVerdict: { status: verdicts.virus },
      spfVerdict: { status: verdicts.spf },
      dkimVerdict: { status: verdicts.dkim },
      dmarcVerdict: { status: verdicts.dmarc },
      ...(verdicts.dmarc === "FAIL" ? { dmarcPolicy: verdicts.dmarcPolicy } : {}),
      action,
    },
  };
}
