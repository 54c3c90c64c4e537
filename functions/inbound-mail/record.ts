/** Makes the writes of one record: what is sealed where, what starts to run, what must be sent. */
import { hash } from "node:crypto";
import type { Delivery } from "#shared/mail/delivery.ts";
import type { Mail } from "#shared/mail/message.ts";
import {
  acknowledgementSubject,
  acknowledgementText,
  digestSubject,
  digestText,
} from "#shared/outbox/acknowledgement.ts";
import { composeAutomaticMail } from "#shared/outbox/raw-mail.ts";
import type { ConversationKey, Thread } from "#shared/report/conversation.ts";
import { newIdentifier } from "#shared/report/identifier.ts";
import { acknowledgementsPerDay, type Decision } from "#shared/report/intake-decision.ts";
import { type AttachmentPlace, type Message, type MessageContent, rawLabel } from "#shared/report/message.ts";
import { newReportNumber } from "#shared/report/number.ts";
import { newReplyAddress } from "#shared/report/reply-address.ts";
import type { Acknowledgement, Report } from "#shared/report/report.ts";
import { seal } from "#shared/sealing/seal.ts";
import { dueAt } from "#shared/sla/due.ts";
import { startAcknowledgeClock } from "#shared/store/acknowledge-clock.ts";
import { auditWrite } from "#shared/store/audit.ts";
import {
  addMessage,
  addReplyAddress,
  countAcknowledgement,
  countMessages,
  type MailDigests,
  markReceived,
  openReport,
  rememberMail,
} from "#shared/store/intake.ts";
import { addToDigest, newAcknowledgement, type OutgoingMail } from "#shared/store/outbox.ts";
import { purposeBinding } from "#shared/store/sealing-keys.ts";
import type { Write } from "#shared/store/table.ts";
import type { Addressee } from "./addressees.ts";
import type { InboundPorts } from "./ports.ts";
import { conversationSealer, type MessageSealer, newConversation, placeContent, placeRaw } from "./sealed-message.ts";

/** A mail on its way into a tenant's inbox. */
export interface Incoming {
  readonly mail: Mail;
  readonly raw: Uint8Array;
  readonly delivery: Delivery;
  readonly addressee: Addressee;
  readonly digests: MailDigests;
  /** Which of the sender's digests of the day is open, from 1. */
  readonly digest: number;
  /** The invocation, for the audit. */
  readonly request: string;
  readonly now: Date;
}

type Open = Extract<Decision, { do: "open" }>;
type Join = Extract<Decision, { do: "join" }>;

/** The writes that open a report with its first message. */
export async function openingWrites(ports: InboundPorts, incoming: Incoming, decision: Open): Promise<Write[]> {
  const { addressee, delivery, now } = incoming;
  const { scope, profile } = addressee;
  const ids = {
    report: newIdentifier(ports.random),
    number: newReportNumber(scope.tenant, delivery.receivedAt, ports.random),
    conversation: newIdentifier(ports.random),
  };
  const { key, wrapped } = await newConversation(addressee, ids);
  const thread: Thread = {
    ...key,
    ...(incoming.digests.sender === undefined ? {} : { reporter: incoming.digests.sender }),
  };
  const message = await storeMessage(ports, incoming, thread, decision.kind, flagsOfFirst(decision));
  const told = await acknowledge(ports, incoming, thread, message, decision.acknowledge);
  const report: Report = {
    id: ids.report,
    tenant: scope.tenant,
    number: ids.number,
    state: "new",
    flags: [...decision.flags],
    via: "mail",
    receivedAt: delivery.receivedAt.toISOString(),
    changedAt: now.toISOString(),
    acknowledgement: told.acknowledgement,
    messages: 1 + told.messages,
    version: 1,
  };
  return [
    markReceived(scope, delivery.sesId, ids.report, now),
    ...openReport(scope, report, key, wrapped),
    addMessage(scope, message.item),
    ...(decision.startClock && profile.acknowledgeWithin !== undefined
      ? [clockWrite(incoming, ids.report, profile.acknowledgeWithin, ports)]
      : []),
    // The report that said it first stays the one that a resend joins.
    ...rememberMail(scope, unlessKnown(incoming.digests, decision), thread, now, "first"),
    ...told.writes,
    audit(ports, incoming, "report.received", { report: ids.report, message: message.item.id }),
  ];
}

const unlessKnown = (digests: MailDigests, { flags }: Open): MailDigests =>
  flags.includes("possible-duplicate") ? { ...digests, content: undefined } : digests;

/** The writes that add a message to a conversation. */
export async function joiningWrites(ports: InboundPorts, incoming: Incoming, decision: Join): Promise<Write[]> {
  const { addressee, delivery, now } = incoming;
  const { scope } = addressee;
  const { thread } = decision;
  const message = await storeMessage(ports, incoming, thread, decision.kind, decision.flags);
  const told = await acknowledge(ports, incoming, thread, message, decision.acknowledge, true);
  return [
    markReceived(scope, delivery.sesId, thread.report, now),
    addMessage(scope, message.item),
    countMessages(scope, thread.report, 1 + told.messages, now),
    // A resend must not move the window within which the next one is recognised; a new text starts its own.
    ...rememberMail(
      scope,
      decision.kind === "resend" ? { ...incoming.digests, content: undefined } : incoming.digests,
      thread,
      now,
      "latest",
    ),
    ...told.writes,
    audit(ports, incoming, "message.received", { report: thread.report, message: message.item.id }),
  ];
}

/** The writes that only note that a second copy came. */
export function duplicateWrites(ports: InboundPorts, incoming: Incoming): Write[] {
  return [
    markReceived(incoming.addressee.scope, incoming.delivery.sesId, "duplicate", incoming.now),
    audit(ports, incoming, "mail.duplicate", { mail: incoming.delivery.sesId }),
  ];
}

export function audit(
  ports: InboundPorts,
  { addressee, request, now }: Incoming,
  action: Parameters<typeof auditWrite>[1]["action"],
  target: Readonly<Record<string, string>>,
): Write {
  const event = { at: now, actor: { door: "inbound-mail" }, action, target, request };
  return auditWrite(addressee.scope, event, ports.random);
}

interface StoredMessage {
  readonly item: Message;
  readonly sealer: MessageSealer;
}

async function storeMessage(
  ports: InboundPorts,
  incoming: Incoming,
  to: ConversationKey,
  kind: Message["kind"],
  flags: readonly Message["flags"][number][],
): Promise<StoredMessage> {
  const { mail, raw, delivery, addressee, now } = incoming;
  const id = newIdentifier(ports.random);
  const { tenant } = addressee.scope;
  const sealer = await conversationSealer(tenant, to);
  const store = { objects: ports.objects, bucket: ports.sealedBucket, folder: `${tenant}/reports/${to.report}/${id}` };
  const content = contentOf(mail, raw);
  const [place, rawPlace] = await Promise.all([
    placeContent(sealer, id, content, store),
    placeRaw(sealer, rawLabel(id), raw, store),
  ]);
  const item: Message = {
    id,
    report: to.report,
    conversation: to.conversation,
    direction: "in",
    kind,
    flags: [...flags],
    receivedAt: delivery.receivedAt.toISOString(),
    recordedAt: now.toISOString(),
    attachmentCount: content.attachments.length,
    sealedKey: sealer.sealedKey,
    content: place,
    raw: rawPlace,
    version: 1,
  };
  return { item, sealer };
}

/** What is read from a mail and sealed. Where reading was cut short the whole mail is attached too. */
function contentOf(mail: Mail, raw: Uint8Array): MessageContent {
  return {
    ...(mail.from ? { from: { ...mail.from } } : {}),
    to: mail.to.map((one) => ({ ...one })),
    cc: mail.cc.map((one) => ({ ...one })),
    subject: mail.subject,
    ...(mail.date ? { sentAt: mail.date.toISOString() } : {}),
    ...(mail.messageId === undefined ? {} : { messageId: mail.messageId }),
    text: mail.text,
    textFrom: mail.textFrom,
    attachments: [
      ...mail.attachments.map(({ fileName, mediaType, encoding, from, to, size, sha256, inline }) => ({
        fileName,
        mediaType,
        encoding,
        from,
        to,
        size,
        sha256,
        inline,
      })),
      ...(mail.problems.length > 0 ? [wholeMail(raw)] : []),
    ],
    problems: [...mail.problems],
  };
}

/** The mail itself as an attachment. */
function wholeMail(raw: Uint8Array): AttachmentPlace {
  return {
    fileName: "message.eml",
    mediaType: "message/rfc822",
    encoding: "identity",
    from: 0,
    to: raw.length,
    size: raw.length,
    sha256: hash("sha256", raw, "hex"),
    inline: false,
  };
}

interface Told {
  readonly acknowledgement: Acknowledgement;
  readonly messages: number;
  readonly writes: readonly Write[];
}

async function acknowledge(
  ports: InboundPorts,
  incoming: Incoming,
  thread: Thread,
  message: StoredMessage,
  plan: Open["acknowledge"],
  again = false,
): Promise<Told> {
  const sender = incoming.mail.from?.address;
  const senderDigest = incoming.digests.sender;
  if (plan.send === "no" || sender === undefined || senderDigest === undefined) {
    const reason = plan.send === "no" ? plan.reason : "no sender address";
    return { acknowledgement: { state: "none", reason }, messages: 0, writes: [] };
  }
  return plan.send === "now"
    ? acknowledgeNow(ports, incoming, thread, message, { sender, senderDigest, again })
    : tellInDigest(ports, incoming, thread, { sender, senderDigest });
}

/** One mail to the reporter: kept in the conversation as what was said, and in the outbox as what must leave. */
async function acknowledgeNow(
  ports: InboundPorts,
  incoming: Incoming,
  thread: Thread,
  first: StoredMessage,
  { sender, senderDigest, again }: { sender: string; senderDigest: string; again: boolean },
): Promise<Told> {
  const { addressee, delivery, mail, now } = incoming;
  const { scope, profile } = addressee;
  const reply = newReplyAddress(scope.tenant, ports.mailDomain, ports.random);
  const report = { number: thread.number, receivedAt: delivery.receivedAt };
  const subject = acknowledgementSubject(thread.number);
  const text = acknowledgementText(profile, report, { reply: reply.address }, again);
  const from = senderOf(addressee, ports.mailDomain);
  const raw = await composeAutomaticMail({
    from,
    to: sender,
    replyTo: reply.address,
    subject,
    text,
    ...threading(mail),
  });
  const outboxItem = newIdentifier(ports.random);
  const sealed = await sealOutgoing(addressee, outboxItem, { from: from.address, to: [sender], raw });
  const id = newIdentifier(ports.random);
  const content: MessageContent = {
    from,
    to: [{ name: "", address: sender }],
    cc: [],
    subject,
    text,
    textFrom: "plain",
    attachments: [],
    problems: [],
    replyAddress: reply.address,
  };
  const item: Message = {
    id,
    report: thread.report,
    conversation: thread.conversation,
    direction: "out",
    kind: "auto-reply",
    flags: [],
    receivedAt: now.toISOString(),
    // Behind the message that it answers, in the order in which messages are listed.
    recordedAt: new Date(now.getTime() + 1).toISOString(),
    attachmentCount: 0,
    sealedKey: first.item.sealedKey,
    content: await placeContent(first.sealer, id, content, {
      objects: ports.objects,
      bucket: ports.sealedBucket,
      folder: `${scope.tenant}/reports/${thread.report}/${id}`,
    }),
    outboxItem,
    version: 1,
  };
  return {
    acknowledgement: { state: "due", outboxItem },
    messages: 1,
    writes: [
      addMessage(scope, item),
      addReplyAddress(scope, reply.digest, thread),
      countAcknowledgement(scope, senderDigest, acknowledgementsPerDay, now),
      newAcknowledgement(scope, { id: outboxItem, sealed, report: thread.report, thread }, now),
    ],
  };
}

/** Adds the report to the one mail that tells this sender of everything beyond the day's measure, after the UTC day has ended. */
async function tellInDigest(
  ports: InboundPorts,
  incoming: Incoming,
  thread: Thread,
  { sender, senderDigest }: { sender: string; senderDigest: string },
): Promise<Told> {
  const { addressee, now } = incoming;
  const day = now.toISOString().slice(0, 10);
  const part = incoming.digest === 1 ? "" : `-${String(incoming.digest)}`;
  const id = `digest-${senderDigest.slice(0, 32)}-${day}${part}`;
  const from = senderOf(addressee, ports.mailDomain);
  const raw = await composeAutomaticMail({
    from,
    to: sender,
    subject: digestSubject,
    text: digestText(addressee.profile),
  });
  const sealed = await sealOutgoing(addressee, id, { from: from.address, to: [sender], raw });
  const sendAt = new Date(Date.parse(`${day}T00:00:00.000Z`) + 86_400_000);
  return {
    acknowledgement: { state: "digest", outboxItem: id },
    messages: 0,
    writes: [addToDigest(addressee.scope, { id, sealed, thread, sendAt }, now)],
  };
}

async function sealOutgoing(addressee: Addressee, item: string, mail: OutgoingMail): Promise<Uint8Array> {
  const key = await addressee.sealingKey("outbox");
  return seal(key, Buffer.from(JSON.stringify(mail)), purposeBinding(addressee.scope, "outbox", item));
}

function senderOf({ scope, profile }: Addressee, mailDomain: string): { name: string; address: string } {
  return { name: `${profile.name} security`, address: `security@${scope.tenant}.${mailDomain}` };
}

/** Joins the answer to the reporter's own thread (RFC 5322 section 3.6.4). */
function threading({ messageId, references }: Mail): { inReplyTo?: string; references?: string[] } {
  if (messageId === undefined) return {};
  const own = `<${messageId}>`;
  return { inReplyTo: own, references: [...references.map((id) => `<${id}>`), own] };
}

function clockWrite(
  incoming: Incoming,
  report: string,
  commitment: NonNullable<Addressee["profile"]["acknowledgeWithin"]>,
  ports: InboundPorts,
): Write {
  const { addressee, delivery } = incoming;
  const due = dueAt(delivery.receivedAt, commitment, addressee.profile.timeZone);
  const clock = { commitment, startedAt: delivery.receivedAt.toISOString(), dueAt: due.toISOString() };
  return startAcknowledgeClock(addressee.scope, report, clock, ports.random(1)[0] ?? 0);
}

/** A report's flags that concern its first message too. */
function flagsOfFirst({ flags }: Open): Message["flags"] {
  const shared = ["sender-unverified", "sender-failed", "not-scanned", "incomplete-reading"] as const;
  return shared.filter((flag) => flags.includes(flag));
}
