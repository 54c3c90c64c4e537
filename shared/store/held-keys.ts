/** Every wrapped private key that a tenant has, wherever it is kept: so that it can be moved from one KMS key to another. */
import * as z from "zod";
import { conversationContext } from "#shared/report/conversation.ts";
import type { WrapContext } from "#shared/sealing/vault.ts";
import { WrappedKey } from "#shared/sealing/wrapped-key.ts";
import { dueKeys } from "./due.ts";
import { duePartition, dueShards, keyAttributes, partitions, sorts } from "./keys.ts";
import type { Item, Key, Table, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

/** What a key is for: one conversation, or all that is sealed for a purpose. */
type HeldKind = "conversation" | "outbox" | "quarantine";
const purposes = ["outbox", "quarantine"] as const;

export interface HeldKey {
  readonly kind: HeldKind;
  readonly place: Key;
  readonly key: WrappedKey;
  /** What KMS was told when it wrapped it. */
  readonly context: WrapContext;
}

const HeldConversation = WrappedKey.extend({ pk: z.string(), sk: z.string(), conversation: z.string() });

/** The keys of a report's conversations. */
export async function keysOfReport(scope: TenantScope, report: string): Promise<readonly HeldKey[]> {
  const partition = partitions.report(scope.tenant, report);
  const held: HeldKey[] = [];
  let after: Item | undefined;
  do {
    const page = await scope.table.list({ partition, prefix: sorts.conversation(), ...(after && { after }) });
    held.push(...page.items.map((item) => heldConversation(scope, item)));
    after = page.next;
  } while (after);
  return held;
}

/** The keys that the tenant has one of for a purpose. */
export async function keysOfPurposes(scope: TenantScope): Promise<readonly HeldKey[]> {
  const places = purposes.map((purpose) => ({ pk: partitions.sealing(scope.tenant), sk: sorts.sealingKey(purpose) }));
  const held = await Promise.all(places.map((place) => readHeldKey(scope, place)));
  return held.filter((key) => key !== undefined);
}

/** The key that is kept there; `undefined` where there is none any more. */
export async function readHeldKey(scope: TenantScope, place: Key): Promise<HeldKey | undefined> {
  const item = await scope.table.get(place);
  if (!item) return undefined;
  const purpose = purposes.find((one) => place.sk === sorts.sealingKey(one));
  if (purpose === undefined || place.pk !== partitions.sealing(scope.tenant)) return heldConversation(scope, item);
  const context = { tenant: scope.tenant, purpose, object: purpose };
  return { kind: purpose, place, key: WrappedKey.parse(item), context };
}

function heldConversation(scope: TenantScope, item: Item): HeldKey {
  const { pk, sk, conversation, ...key } = HeldConversation.parse(item);
  return { kind: "conversation", place: { pk, sk }, key, context: conversationContext(scope.tenant, conversation) };
}

/** The write that puts a rewrapped key in the place of the old one, where that is still there. Fails where somebody was quicker. */
export function movedKey({ place, key: old }: HeldKey, moved: WrappedKey): Write {
  const [wrappedVersion, shelteredAt] = [old.wrappedVersion ?? null, old.shelteredAt ?? null];
  const { pk, sk } = place;
  return {
    update: place,
    set: { ...moved },
    remove: ["shelteredAt", keyAttributes.duePartition, keyAttributes.dueSort],
    // With its own name in the guard the update makes no item where there is none.
    guard: { equals: { pk, sk, wrappedVersion, shelteredAt } },
  };
}

/** Keys in the shelter wait in the due index for theirs to be usable again. */
export function dueInShelter(scope: TenantScope, { shelteredAt }: WrappedKey, object: string): Item {
  return shelteredAt === undefined ? {} : dueAgain(scope.tenant, object, shelteredAt);
}

/** The write that looks after a key in the shelter again at `at`. Fails where it is there no more. */
export function staysInShelter({ place, key, context }: HeldKey, at: Date): Write {
  const { pk, sk } = place;
  const set = dueAgain(context.tenant, context.object, at.toISOString());
  return { update: place, set, guard: { equals: { pk, sk, shelteredAt: key.shelteredAt ?? null } } };
}

/** Where keys of all tenants are that wait in the shelter, at most about `most`; reads the index and nothing else. */
export async function dueFromShelter(table: Table, now: Date, most: number): Promise<readonly Key[]> {
  const found = await dueKeys(table, "shelter", now, most);
  return found.map(({ key }) => key);
}

const dueAgain = (tenant: string, object: string, at: string): Item => ({
  [keyAttributes.duePartition]: duePartition("shelter", shardOf(object)),
  [keyAttributes.dueSort]: `${at}#${tenant}#${object}`,
});

const shardOf = (id: string): number => [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % dueShards;
