/** What waits to be told to another system. An item is claimed before it is sent; doubt is settled by SES's own events. */
import * as z from "zod";
import { Bytes } from "#shared/bytes.ts";
import { Thread } from "#shared/report/conversation.ts";
import { seal } from "#shared/sealing/seal.ts";
import type { SealingPublicKey } from "#shared/sealing/sealing-key.ts";
import { duePartition, dueShards, keyAttributes, partitions, sorts } from "./keys.ts";
import { purposeBinding } from "./sealing-keys.ts";
import { type Guard, GuardFailed, type Item, type Table, type Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

const minute = 60_000;
/** How long after it is written the sweep looks for an item that the stream should have brought. */
const streamGrace = 2 * minute;
/**
 * How long a claim stands, by the attempts made with it. After that nobody is sending it, and SES has told us if it was
 * sent. It doubles, so that an SES that can't be reached for a day costs no mail.
 */
export const claimHolds = (attempts: number): number =>
  Math.min(5 * minute * 2 ** Math.max(0, attempts - 1), 6 * 60 * minute);
/** Waits before the attempts that follow a throttled one; the last repeats. */
const backoff = [1, 2, 5, 15, 30, 60].map((minutes) => minutes * minute);
/** Refusals and unknown failures before it is given up and shown as failed. */
export const attemptsAtMost = 20;

export const OutboxItem = z.object({
  id: z.string(),
  kind: z.enum(["acknowledgement", "acknowledgement-digest", "subscription-ask", "release-news"]),
  state: z.enum(["waiting", "claimed", "sent", "failed"]),
  /** Not before this instant. */
  notBefore: z.string(),
  createdAt: z.string(),
  claimedAt: z.string().optional(),
  sentAt: z.string().optional(),
  sesId: z.string().optional(),
  delivery: z.enum(["delivered", "bounced", "complained"]).optional(),
  attempts: z.int().min(0),
  /** HPKE to the tenant's outbox key. */
  sealed: Bytes,
  report: z.string().optional(),
  /** The subscription that it is sent for, and its address, sealed on its own: `recipientMark` stands for it in the mail. */
  subscription: z.string().optional(),
  recipient: Bytes.optional(),
  /** Numbers of the reports that a digest tells of, and their ids. */
  numbers: z.instanceof(Set).optional(),
  reports: z.instanceof(Set).optional(),
  /** The conversation that an answer to this mail belongs to; copied beside SES's id when it is sent. */
  thread: Thread.optional(),
});
export type OutboxItem = z.infer<typeof OutboxItem>;

/** What the sealed part of an item holds. */
export const OutgoingMail = z.strictObject({
  from: z.string(),
  to: z.array(z.string()).min(1).max(50),
  /**
   * The message without `Message-ID` and `Date`, which SES sets. In a digest, `numbersMark` stands for the list; where the item has
   * a recipient of its own, `recipientMark` for its address.
   */
  raw: z.string(),
});
export type OutgoingMail = z.infer<typeof OutgoingMail>;

/** Seals a mail for the outbox under its item's id. `to`: the tenant's key for the purpose `outbox`. */
export const sealOutgoing = (
  scope: TenantScope,
  to: SealingPublicKey,
  item: string,
  mail: OutgoingMail,
): Promise<Uint8Array> => seal(to, Buffer.from(JSON.stringify(mail)), purposeBinding(scope, "outbox", item));

const key = (scope: TenantScope, id: string) => ({ pk: partitions.outbox(scope.tenant), sk: sorts.outboxItem(id) });

const due = (id: string, at: Date) => ({
  [keyAttributes.duePartition]: duePartition("outbox", shardOf(id)),
  [keyAttributes.dueSort]: `${at.toISOString()}#${id}`,
});

/** Spreads items over the shards by their id. */
function shardOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 65_536;
  return sum % dueShards;
}

interface NewOutboxItem {
  readonly id: string;
  readonly sealed: Uint8Array;
  readonly report?: string;
  readonly thread?: Thread;
}

/** The write that puts an acknowledgement into the outbox. Its insertion wakes the `outbox` door. */
export function newAcknowledgement(scope: TenantScope, item: NewOutboxItem, now: Date): Write {
  const kind = "acknowledgement";
  return { put: { ...key(scope, item.id), ...item, kind, ...waitingFrom(item.id, now) }, guard: "absent" };
}

/** The write that puts a mail for a subscription into the outbox: one that asks, or one that tells of a release. */
export function newSubscriptionMail(
  scope: TenantScope,
  item: Pick<OutboxItem, "id" | "kind" | "sealed" | "subscription" | "recipient">,
  now: Date,
): Write {
  return { put: { ...key(scope, item.id), ...item, ...waitingFrom(item.id, now) }, guard: "absent" };
}

const waitingFrom = (id: string, now: Date) => ({
  ...due(id, new Date(now.getTime() + streamGrace)),
  state: "waiting",
  attempts: 0,
  createdAt: now.toISOString(),
  notBefore: now.toISOString(),
});

/** The write that adds a report to the digest that a sender gets instead of further acknowledgements that day. */
export function addToDigest(
  scope: TenantScope,
  item: { readonly id: string; readonly sealed: Uint8Array; readonly thread: Thread; readonly sendAt: Date },
  now: Date,
): Write {
  return {
    update: key(scope, item.id),
    include: { numbers: [item.thread.number], reports: [item.thread.report] },
    setIfMissing: {
      ...due(item.id, item.sendAt),
      id: item.id,
      sealed: item.sealed,
      kind: "acknowledgement-digest",
      state: "waiting",
      attempts: 0,
      createdAt: now.toISOString(),
      notBefore: item.sendAt.toISOString(),
    },
    guard: { below: { attempts: 1 } },
  };
}

/** Whether a write adds to a digest: it fails where that digest has left already, and the next one is to be used. */
export const addsToDigest = (write: Write | undefined): boolean =>
  write !== undefined && "update" in write && write.include?.["reports"] !== undefined;

export async function readOutboxItem(scope: TenantScope, id: string): Promise<OutboxItem | undefined> {
  const item = await scope.table.get(key(scope, id));
  return item && OutboxItem.parse(item);
}

/**
 * Takes an item for sending, together with the event that says so: `false` when somebody else has it, or it changed since it was
 * read.
 */
export async function claim(scope: TenantScope, item: OutboxItem, opened: Write, now: Date): Promise<boolean> {
  const write: Write = {
    update: key(scope, item.id),
    set: {
      state: "claimed",
      claimedAt: now.toISOString(),
      attempts: item.attempts + 1,
      ...due(item.id, new Date(now.getTime() + claimHolds(item.attempts + 1))),
    },
    guard: { equals: { state: item.state, attempts: item.attempts } },
  };
  return held(scope.table.transact([write, opened]));
}

/** The writes that note an item as sent, once. `thread` lets an answer to it find its conversation. */
export function markSent(scope: TenantScope, item: OutboxItem, sesId: string, now: Date): Write[] {
  return [
    {
      update: key(scope, item.id),
      set: { state: "sent", sesId, sentAt: now.toISOString() },
      remove: [keyAttributes.duePartition, keyAttributes.dueSort],
      guard: { equals: { state: "claimed" } },
    },
    {
      put: {
        pk: partitions.sent(sesId),
        sk: sorts.sentItem(),
        tenant: scope.tenant,
        item: item.id,
        ...(item.thread ? { thread: item.thread } : {}),
      },
    },
  ];
}

/** Puts a claimed item back: SES asked for patience, and nothing was sent. */
export async function postpone(scope: TenantScope, item: OutboxItem, now: Date): Promise<void> {
  const wait = backoff[Math.min(item.attempts, backoff.length - 1)] ?? minute;
  const at = new Date(now.getTime() + wait);
  await held(
    scope.table.write({
      update: key(scope, item.id),
      set: { state: "waiting", notBefore: at.toISOString(), ...due(item.id, at) },
      guard: { equals: { state: "claimed", attempts: item.attempts + 1 } },
    }),
  );
}

/** The write that gives an item up: it stays, marked, for people to see. */
export function markFailed(scope: TenantScope, item: OutboxItem): Write {
  return {
    update: key(scope, item.id),
    set: { state: "failed" },
    remove: [keyAttributes.duePartition, keyAttributes.dueSort],
    guard: { equals: { state: "claimed" } },
  };
}

/** Notes what became of a sent mail. A late delivery note does not undo a bounce or a complaint: it fails. */
export function markDelivery(scope: TenantScope, id: string, delivery: NonNullable<OutboxItem["delivery"]>): Write {
  const guard: Guard = delivery === "delivered" ? { equals: { id, delivery: null } } : "present";
  return { update: key(scope, id), set: { delivery }, guard };
}

/** Items of all tenants that are due at `now`, by tenant and id; reads the index and nothing else. */
export async function* dueOutboxItems(table: Table, now: Date): AsyncGenerator<{ tenant: string; id: string }> {
  for (let shard = 0; shard < dueShards; shard++) {
    let after: Item | undefined;
    do {
      const page = await table.listIndex({
        index: "due",
        partition: duePartition("outbox", shard),
        upTo: `${now.toISOString()}#~`,
        ...(after ? { after } : {}),
      });
      for (const { pk, sk } of page.items) yield outboxKey({ pk: String(pk), sk: String(sk) });
      after = page.next;
    } while (after);
  }
}

/** Reads a key of the outbox, as the stream and the index bring it. */
export function outboxKey({ pk, sk }: { readonly pk: string; readonly sk: string }): { tenant: string; id: string } {
  return { tenant: decodeURIComponent(pk.split("#")[1] ?? ""), id: decodeURIComponent(sk) };
}

/** Whether a guarded write took place. */
async function held(write: Promise<void>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof GuardFailed) return false;
    throw error;
  }
}
