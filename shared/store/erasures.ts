/**
 * Erasing what a conversation holds. A tombstone is written first and stays: a run that dies goes on from it, and whoever
 * restores a backup erases again what it names.
 */
import * as z from "zod";
import { SealedPlace } from "#shared/report/message.ts";
import { partitions, sorts } from "./keys.ts";
import type { Objects } from "./objects.ts";
import { messagesOf } from "./reports.ts";
import type { Item, Key, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

const Tombstone = z.object({ report: z.string(), conversation: z.string(), job: z.string(), at: z.string() });
type Tombstone = z.infer<typeof Tombstone>;

/** The write that says that a conversation is erased, whatever a backup says. */
export function tombstone({ tenant }: TenantScope, { report, conversation, job, at }: Tombstone): Write {
  const key = { pk: partitions.erasures(tenant), sk: sorts.erasure(report, conversation) };
  return { put: { ...key, report, conversation, job, at } };
}

/** Tombstones of a report's conversations. */
export async function tombstonesOf({ table, tenant }: TenantScope, report: string): Promise<readonly Tombstone[]> {
  const { items } = await table.list({ partition: partitions.erasures(tenant), prefix: sorts.erasure(report) });
  return items.map((item) => Tombstone.parse(item));
}

/**
 * Takes away what conversations of a report hold: sealed objects and messages, mail of the report that waits or was sent, and
 * last the wrapped keys. Once those are gone, nothing that was copied before opens any more.
 */
export async function eraseConversations(
  scope: TenantScope,
  report: string,
  conversations: readonly string[],
  sealed: { readonly objects: Objects; readonly bucket: string },
): Promise<void> {
  const { table, tenant } = scope;
  const pk = partitions.report(tenant, report);
  for await (const { message } of messagesOf(scope, report)) {
    if (!conversations.includes(message.conversation)) continue;
    for (const place of [message.content, message.raw]) {
      const stored = SealedPlace.optional().parse(place);
      if (stored && "object" in stored) await sealed.objects.remove(sealed.bucket, stored.object);
    }
    await table.write({ delete: { pk, sk: sorts.message(message.recordedAt, message.id) } });
  }
  for await (const key of outboxItemsOf(scope, report)) await table.write({ delete: key });
  for (const conversation of conversations) await table.write({ delete: { pk, sk: sorts.conversation(conversation) } });
  await table.write({ update: { pk, sk: sorts.report() }, remove: ["title"], guard: "present" });
}

async function* outboxItemsOf({ table, tenant }: TenantScope, report: string): AsyncGenerator<Key> {
  let after: Item | undefined;
  do {
    const page = await table.list({ partition: partitions.outbox(tenant), ...(after ? { after } : {}) });
    for (const { pk, sk, report: of } of page.items) if (of === report) yield { pk: String(pk), sk: String(sk) };
    after = page.next;
  } while (after);
}
