import { readHeaderSection } from "./header-section.ts";
import { domainOf, type MailFacts, mailFacts } from "./mail-facts.ts";
import type { Mailbox, SentMail } from "./mailbox.ts";

/** The `mail` part of every SES sending event. */
interface EventMail extends MailFacts {
  readonly timestamp: string;
  readonly source: string;
  readonly sourceArn: string;
  readonly sendingAccountId: string;
  readonly messageId: string;
  readonly destination: readonly string[];
  readonly tags: Readonly<Record<string, readonly string[]>>;
}

interface Delivery {
  readonly timestamp: string;
  readonly processingTimeMillis: number;
  readonly recipients: readonly string[];
  readonly smtpResponse: string;
  readonly reportingMTA: string;
}

export interface Bounce {
  readonly bounceType: "Permanent" | "Transient" | "Undetermined";
  readonly bounceSubType: string;
  readonly bouncedRecipients: readonly {
    readonly emailAddress: string;
    readonly action: string;
    readonly status: string;
    readonly diagnosticCode: string;
  }[];
  readonly timestamp: string;
  readonly feedbackId: string;
  readonly reportingMTA: string;
}

interface Complaint {
  readonly complainedRecipients: readonly { readonly emailAddress: string }[];
  readonly timestamp: string;
  readonly feedbackId: string;
  readonly complaintFeedbackType: string;
  readonly arrivalDate: string;
}

/** A sending event as a configuration set publishes it to SNS (JSON in the SNS `Message`). */
export type SesEvent =
  | { readonly eventType: "Send"; readonly mail: EventMail; readonly send: Readonly<Record<string, never>> }
  | { readonly eventType: "Delivery"; readonly mail: EventMail; readonly delivery: Delivery }
  | { readonly eventType: "Bounce"; readonly mail: EventMail; readonly bounce: Bounce }
  | { readonly eventType: "Complaint"; readonly mail: EventMail; readonly complaint: Complaint };

export interface EventPlace {
  readonly region: string;
  readonly accountId: string;
}

function sendEvent(mail: SentMail, place: EventPlace): SesEvent {
  return { eventType: "Send", mail: eventMail(mail, place), send: {} };
}

function deliveryEvent(mail: SentMail, place: EventPlace, at: Date): SesEvent {
  const delivery: Delivery = {
    timestamp: at.toISOString(),
    processingTimeMillis: Math.max(0, at.getTime() - Date.parse(mail.at)),
    recipients: mail.to,
    smtpResponse: "250 2.6.0 Message received",
    reportingMTA: "mail.localhost",
  };
  return { eventType: "Delivery", mail: eventMail(mail, place), delivery };
}

/** A bounce of all recipients; `feedbackId` is any id that no other feedback has. */
export function bounceEvent(
  mail: SentMail,
  place: EventPlace,
  at: Date,
  { feedbackId, ...kind }: Pick<Bounce, "bounceType" | "bounceSubType" | "feedbackId">,
): SesEvent {
  const [status, diagnosticCode] =
    kind.bounceType === "Permanent"
      ? ["5.1.1", "smtp; 550 5.1.1 user unknown"]
      : ["4.2.2", "smtp; 452 4.2.2 mailbox full"];
  const bouncedRecipients = mail.to.map((emailAddress) => ({ emailAddress, action: "failed", status, diagnosticCode }));
  const timestamp = at.toISOString();
  const bounce: Bounce = { ...kind, bouncedRecipients, timestamp, feedbackId, reportingMTA: "dsn; mail.localhost" };
  return { eventType: "Bounce", mail: eventMail(mail, place), bounce };
}

export function complaintEvent(mail: SentMail, place: EventPlace, at: Date, feedbackId: string): SesEvent {
  const complaint: Complaint = {
    complainedRecipients: mail.to.map((emailAddress) => ({ emailAddress })),
    timestamp: at.toISOString(),
    feedbackId,
    complaintFeedbackType: "abuse",
    arrivalDate: at.toISOString(),
  };
  return { eventType: "Complaint", mail: eventMail(mail, place), complaint };
}

function eventMail(mail: SentMail, { region, accountId }: EventPlace): EventMail {
  const facts = mailFacts(readHeaderSection(Buffer.from(mail.raw)));
  const domain = domainOf(mail.from);
  const custom = Object.entries(mail.tags).map(([name, value]): [string, string[]] => [name, [value]]);
  return {
    timestamp: mail.at,
    source: mail.from,
    sourceArn: `arn:aws:ses:${region}:${accountId}:identity/${domain}`,
    sendingAccountId: accountId,
    messageId: mail.id,
    destination: mail.to,
    ...facts,
    // Events carry the bare SES id here, not the header's value (SES developer guide, event examples).
    commonHeaders: { ...facts.commonHeaders, messageId: mail.id },
    tags: {
      "ses:operation": ["SendRawEmail"],
      "ses:configuration-set": [mail.configurationSet ?? ""],
      "ses:source-ip": ["127.0.0.1"],
      "ses:from-domain": [domain],
      "ses:caller-identity": [mail.caller],
      ...Object.fromEntries(custom),
    },
  };
}

export interface EventPublisher {
  /** Publishes what is pending, now or after the round that is under way. */
  wake(): void;
  /** Waits for the round under way and starts no other. */
  close(): Promise<void>;
}

const retryAfterMs = 1000;

/** Publishes Send and Delivery of each message at least once: what is not marked is published again at the next start. */
export function startEventPublisher(options: {
  mailbox: Mailbox;
  publishEvent: (event: SesEvent) => Promise<void>;
  place: EventPlace;
  now: () => Date;
}): EventPublisher {
  const { mailbox, publishEvent, place, now } = options;
  let round: Promise<void> | undefined;
  let again = false;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  async function publishPending(): Promise<void> {
    for (let pending = mailbox.pendingEvents(); pending.length > 0; pending = mailbox.pendingEvents()) {
      for (const mail of pending) {
        if (closed) return;
        await Promise.all([publishEvent(sendEvent(mail, place)), publishEvent(deliveryEvent(mail, place, now()))]);
        mailbox.markPublished(mail.id);
      }
    }
  }

  function wake(): void {
    if (closed) return;
    if (round !== undefined) {
      again = true;
      return;
    }
    clearTimeout(retry);
    again = false;
    round = publishPending()
      .catch(() => {
        retry = setTimeout(wake, retryAfterMs).unref();
      })
      .finally(() => {
        round = undefined;
        if (again) wake();
      });
  }

  wake();
  return {
    wake,
    async close() {
      closed = true;
      clearTimeout(retry);
      await round;
    },
  };
}
