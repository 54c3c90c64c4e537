/** What becomes of a mail: a pure decision from what the mail is and what the table knows. `mail.md`'s rules, in order. */
import type { SenderStanding } from "#shared/mail/sender-standing.ts";
import type { Verdict } from "#shared/mail/verdicts.ts";
import type { Thread } from "./conversation.ts";
import type { MessageFlag, MessageKind } from "./message.ts";
import type { ReportFlag } from "./report.ts";

/** What was read from the mail itself. */
export interface Arrival {
  readonly kind: MessageKind;
  /** Whether an automatic answer is allowed, and why not. */
  readonly answer: { readonly allowed: true } | { readonly allowed: false; readonly reason: string };
  readonly standing: SenderStanding;
  readonly severalFrom: boolean;
  readonly readable: boolean;
  readonly problems: boolean;
  readonly spam: Verdict;
  readonly virus: Verdict;
  /** Keyed digest of the sender's address. */
  readonly sender: string | undefined;
}

/** What the table knows that touches this mail. */
export interface Known {
  /** This very delivery has become a record already. */
  readonly received: boolean;
  /** Same Message-ID, same body. */
  readonly sameMail: boolean;
  /** Same Message-ID, whatever body. */
  readonly sameMessageId: boolean;
  /** Same sender, same content, within 30 days. */
  readonly sameContent: Thread | undefined;
  /** The conversation that the reply address's token names. */
  readonly token: Thread | undefined;
  /** It was sent to something that looks like a reply address. */
  readonly tokenGiven: boolean;
  /** The conversation of a mail of ours that this one answers. */
  readonly reference: Thread | undefined;
  /** Acknowledgements that this sender was given today. */
  readonly acknowledgedToday: number;
}

export type QuarantineReason = "virus" | "spam" | "unparsable" | "unmatched-bounce";
type AcknowledgementPlan =
  | { readonly send: "now" }
  | { readonly send: "digest" }
  | { readonly send: "no"; readonly reason: string };

export type Decision =
  | { readonly do: "nothing" }
  | { readonly do: "note-duplicate" }
  | { readonly do: "quarantine"; readonly reason: QuarantineReason }
  | {
      readonly do: "join";
      readonly thread: Thread;
      readonly kind: MessageKind;
      readonly flags: readonly MessageFlag[];
      readonly acknowledge: AcknowledgementPlan;
    }
  | {
      readonly do: "open";
      readonly kind: MessageKind;
      readonly flags: readonly ReportFlag[];
      readonly acknowledge: AcknowledgementPlan;
      /** Whether the promise to acknowledge starts to run: for people, not for machines. */
      readonly startClock: boolean;
    };

/** Acknowledgements that one sender gets in a day; what comes after is told in one digest. */
export const acknowledgementsPerDay = 3;

export function decideIntake(mail: Arrival, known: Known): Decision {
  if (known.received) return { do: "nothing" };
  if (mail.virus === "FAIL") return { do: "quarantine", reason: "virus" };
  if (mail.spam === "FAIL") return { do: "quarantine", reason: "spam" };
  if (!mail.readable) return { do: "quarantine", reason: "unparsable" };
  if (known.sameMail) return { do: "note-duplicate" };

  const thread = known.token ?? known.reference;
  if (thread) {
    const conflict = known.token && known.reference && known.token.conversation !== known.reference.conversation;
    const flags = [...messageFlags(mail, thread), ...(conflict ? (["conflict"] as const) : [])];
    return {
      do: "join",
      thread,
      kind: mail.kind,
      flags,
      acknowledge: { send: "no", reason: "part of a conversation" },
    };
  }
  if (mail.kind === "bounce") return { do: "quarantine", reason: "unmatched-bounce" };

  const acknowledge = acknowledgementPlan(mail, known);
  if (known.sameContent && mail.standing === "verified" && mail.kind === "message") {
    const flags = messageFlags(mail, known.sameContent);
    return { do: "join", thread: known.sameContent, kind: "resend", flags, acknowledge };
  }
  const kind = mail.kind;
  return { do: "open", kind, flags: reportFlags(mail, known), acknowledge, startClock: kind === "message" };
}

function acknowledgementPlan(mail: Arrival, known: Known): AcknowledgementPlan {
  if (!mail.answer.allowed) return { send: "no", reason: mail.answer.reason };
  if (mail.sender === undefined) return { send: "no", reason: "no sender address" };
  return { send: known.acknowledgedToday < acknowledgementsPerDay ? "now" : "digest" };
}

function messageFlags(mail: Arrival, thread: Thread): MessageFlag[] {
  const flags: MessageFlag[] = [];
  if (mail.standing === "unverified") flags.push("sender-unverified");
  if (mail.standing === "failed") flags.push("sender-failed", "sender-unverified");
  if (mail.sender === undefined || mail.sender !== thread.reporter) flags.push("not-reporter");
  return [...flags, ...readingFlags(mail)];
}

function reportFlags(mail: Arrival, known: Known): ReportFlag[] {
  const flags: ReportFlag[] = [];
  if (mail.standing === "unverified") flags.push("sender-unverified");
  if (mail.standing === "failed") flags.push("sender-failed", "sender-unverified");
  if (mail.severalFrom) flags.push("several-from");
  if (mail.kind !== "message") flags.push("automatic");
  if (known.tokenGiven) flags.push("bad-token");
  if (known.sameMessageId) flags.push("message-id-reused");
  if (known.sameContent) flags.push("possible-duplicate");
  return [...flags, ...readingFlags(mail)];
}

function readingFlags(mail: Arrival): ("not-scanned" | "incomplete-reading")[] {
  return [
    ...(mail.virus === "PASS" ? [] : (["not-scanned"] as const)),
    ...(mail.problems ? (["incomplete-reading"] as const) : []),
  ];
}
