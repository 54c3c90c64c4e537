/**
 * How a mail becomes a record. One transaction writes all that belongs to it, guarded by the delivery's own marker: however
 * often the mail is delivered, and wherever a run dies, there is one record.
 */
import { type ConversationKey, Thread } from "#shared/report/conversation.ts";
import type { Message } from "#shared/report/message.ts";
import type { Report } from "#shared/report/report.ts";
import type { WrappedKey } from "#shared/sealing/wrapped-key.ts";
import { dueInShelter } from "./held-keys.ts";
import { inboxPartition, keyAttributes, partitions, sorts } from "./keys.ts";
import type { Guard, Item, Key, Table, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

const day = 86_400_000;
/** How long a sender's content counts as the same report sent again. */
const resendWindow = 30 * day;
/** How long Message-IDs are remembered. */
const mailMemory = 400 * day;
const senderMemory = 2 * day;
/** Reply addresses of one mail that are looked up: with all else they must fit into one read of 100 items. */
const tokensAtMost = 50;

/** Keyed digests under which a mail is recognised; `undefined` where the mail lacks what they are made of. */
export interface MailDigests {
  /** Message-ID and body. */
  readonly mail: string | undefined;
  readonly messageId: string | undefined;
  /** Sender and content. */
  readonly content: string | undefined;
  /** The sender's address. */
  readonly sender: string | undefined;
}

export interface Lookup {
  readonly sesId: string;
  readonly digests: MailDigests;
  /** SHA-256, in hex, of each token that an envelope recipient carries. */
  readonly tokens: readonly string[];
  /** Ids that SES gave to mails which this one refers to, nearest first. */
  readonly references: readonly string[];
  readonly now: Date;
}

export interface Found {
  readonly received: boolean;
  readonly sameMail: boolean;
  readonly sameMessageId: boolean;
  readonly sameContent: Thread | undefined;
  readonly token: Thread | undefined;
  readonly reference: Thread | undefined;
  readonly acknowledgedToday: number;
}

/** All that the table knows about a mail, in one read. */
export async function findKnown(scope: TenantScope, lookup: Lookup): Promise<Found> {
  const { digests, now } = lookup;
  const keys = {
    received: receivedKey(scope, lookup.sesId),
    mail: digests.mail && seenKey(scope, digests.mail),
    messageId: digests.messageId && seenKey(scope, digests.messageId),
    content: digests.content && seenKey(scope, digests.content),
    sender: digests.sender && senderKey(scope, digests.sender, now),
  };
  const tokens = lookup.tokens.slice(0, tokensAtMost).map(replyKey);
  const references = lookup.references.map(sentKey);
  const wanted = [...Object.values(keys), ...tokens, ...references].filter((key) => typeof key === "object");
  const items = new Map((await scope.table.getMany(unique(wanted))).map((item) => [nameOf(item), item]));
  const item = (key: Key | string | undefined) => (typeof key === "object" ? items.get(nameOf(key)) : undefined);
  const ofTenant = (found: Item | undefined) =>
    found?.["tenant"] === scope.tenant ? Thread.parse(found["thread"]) : undefined;
  const fresh = (found: Item | undefined) =>
    found && Number(found["expiresAt"]) * 1000 > now.getTime() ? found : undefined;
  return {
    received: item(keys.received) !== undefined,
    sameMail: fresh(item(keys.mail)) !== undefined,
    sameMessageId: fresh(item(keys.messageId)) !== undefined,
    sameContent: ofTenant(fresh(item(keys.content))),
    token: first(tokens, (key) => ofTenant(item(key))),
    reference: first(references, (key) => ofTenant(item(key))),
    acknowledgedToday: Number(item(keys.sender)?.["acknowledged"] ?? 0),
  };
}

/** Marks a delivery as handled. Its guard makes the transaction happen once. */
export function markReceived(scope: TenantScope, sesId: string, outcome: string, now: Date): Write {
  return {
    put: { ...receivedKey(scope, sesId), outcome, at: now.toISOString(), expiresAt: epoch(now, mailMemory) },
    guard: "absent",
  };
}

/** Whether a delivery was handled for a tenant, or as mail for nobody. */
export async function wasReceived(
  table: Table,
  sesId: string,
  by: Parameters<typeof sorts.receivedBy>[0],
): Promise<boolean> {
  const [item] = await table.getMany([{ pk: partitions.received(sesId), sk: sorts.receivedBy(by) }]);
  return item !== undefined;
}

/**
 * Remembers a mail, so that its duplicate and its resend are recognised. Fails where another run remembered the same mail
 * meanwhile; with `content` "first" also where one remembered the same content.
 */
export function rememberMail(
  scope: TenantScope,
  digests: MailDigests,
  thread: Thread,
  now: Date,
  content: "first" | "latest",
): Write[] {
  // What has expired may still be there: the table forgets late.
  const unknown: Guard = { below: { expiresAt: Math.floor(now.getTime() / 1000) + 1 } };
  const seen = (digest: string | undefined, memory: number, guard?: Guard): Write[] =>
    digest === undefined
      ? []
      : [
          {
            put: {
              ...seenKey(scope, digest),
              tenant: scope.tenant,
              thread: { ...thread },
              expiresAt: epoch(now, memory),
            },
            ...(guard ? { guard } : {}),
          },
        ];
  return [
    ...seen(digests.mail, mailMemory, unknown),
    ...seen(digests.messageId, mailMemory),
    ...seen(digests.content, resendWindow, content === "first" ? unknown : undefined),
  ];
}

/** Counts an acknowledgement against the sender's day. Fails when the day's measure is full. */
export function countAcknowledgement(scope: TenantScope, sender: string, atMost: number, now: Date): Write {
  return {
    update: senderKey(scope, sender, now),
    add: { acknowledged: 1 },
    setIfMissing: { expiresAt: epoch(now, senderMemory) },
    guard: { below: { acknowledged: atMost } },
  };
}

/** A new report with its conversation. */
export function openReport(
  scope: TenantScope,
  report: Report,
  conversation: ConversationKey,
  wrapped: WrappedKey,
): Write[] {
  const pk = partitions.report(scope.tenant, report.id);
  return [
    {
      put: {
        pk,
        sk: sorts.report(),
        ...report,
        [keyAttributes.inboxPartition]: inboxPartition(scope.tenant),
        [keyAttributes.inboxSort]: `${report.receivedAt}#${report.id}`,
      },
      guard: "absent",
    },
    {
      put: {
        ...{ pk, sk: sorts.conversation(conversation.conversation), kind: "reporter" },
        ...conversation,
        ...wrapped,
        ...dueInShelter(scope, wrapped, conversation.conversation),
      },
      guard: "absent",
    },
  ];
}

/** A message of a report. */
export function addMessage(scope: TenantScope, message: Message): Write {
  const pk = partitions.report(scope.tenant, message.report);
  return { put: { pk, sk: sorts.message(message.recordedAt, message.id), ...message }, guard: "absent" };
}

/** What a report notes when messages join it. */
export function countMessages(scope: TenantScope, report: string, messages: number, now: Date): Write {
  return {
    update: { pk: partitions.report(scope.tenant, report), sk: sorts.report() },
    add: { messages, version: 1 },
    set: { changedAt: now.toISOString() },
    guard: "present",
  };
}

/** Lets mail to a reply address find its conversation: kept by the token's SHA-256. */
export function addReplyAddress(scope: TenantScope, tokenDigest: string, thread: Thread): Write {
  return { put: { ...replyKey(tokenDigest), tenant: scope.tenant, thread: { ...thread } }, guard: "absent" };
}

const receivedKey = (scope: TenantScope, sesId: string): Key => ({
  pk: partitions.received(sesId),
  sk: sorts.receivedBy(scope.tenant),
});
const seenKey = (scope: TenantScope, digest: string): Key => ({
  pk: partitions.seen(scope.tenant),
  sk: sorts.seen(digest),
});
const senderKey = (scope: TenantScope, digest: string, now: Date): Key => ({
  pk: partitions.senders(scope.tenant),
  sk: sorts.senderDay(digest, now.toISOString().slice(0, 10)),
});
const replyKey = (digest: string): Key => ({ pk: partitions.reply(digest), sk: sorts.replyTarget() });
const sentKey = (sesId: string): Key => ({ pk: partitions.sent(sesId), sk: sorts.sentItem() });

const epoch = (now: Date, later: number): number => Math.ceil((now.getTime() + later) / 1000);

const nameOf = (key: Item | Key): string =>
  JSON.stringify([key["pk" as keyof typeof key], key["sk" as keyof typeof key]]);
const unique = (keys: readonly Key[]): Key[] => [...new Map(keys.map((key) => [nameOf(key), key])).values()];

function first<From, To>(from: readonly From[], to: (from: From) => To | undefined): To | undefined {
  for (const one of from) {
    const found = to(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
