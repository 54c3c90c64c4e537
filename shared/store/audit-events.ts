/** Reading a tenant's audit events: by time for whoever looks through them, by their place in the log for an export. */
import * as z from "zod";
import { type KeptEvent, LoggedEvent } from "#shared/audit/event.ts";
import { type AuditFilter, asks, passes } from "#shared/audit/filter.ts";
import { Bytes } from "#shared/bytes.ts";
import { partitions } from "./keys.ts";
import type { Item, Key, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

const Stored = z.union([
  LoggedEvent.extend({ salt: Bytes, leaf: z.int().optional() }),
  z.object({ id: z.string(), at: z.string(), erasedAt: z.string(), leaf: z.int().optional() }),
]);

function keptEvent(item: Item): KeptEvent {
  const { leaf: index, ...stored } = Stored.parse(item);
  if ("erasedAt" in stored) return { ...stored, index };
  const { salt, ...event } = stored;
  return { event, salt, index };
}

/** The sort key of the event after which the next page starts. */
export const AuditPosition = z.strictObject({ sk: z.string() });
export type AuditPosition = z.infer<typeof AuditPosition>;

export interface AuditQuestion {
  /** The instant of the first, and the one before which the last is: `toISOString`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly filter: AuditFilter;
  readonly limit: number;
  readonly after?: AuditPosition | undefined;
}

/** How many events are looked at for one page, whether they pass the filter or not. */
const mostLookedAt = 1_000;
/** And in one read, where a filter leaves it open how many pass. */
const lookedAtAtOnce = 250;

/**
 * A page of events, the newest first. Where a filter lets few through, it may hold fewer than `limit`, or none, and still have a
 * `next`: so many events are looked at for one page, and no more.
 */
export async function listAuditEvents(
  { table, tenant }: TenantScope,
  { from = "", to = "~", filter, limit, after }: AuditQuestion,
): Promise<{ readonly events: readonly KeptEvent[]; readonly next?: AuditPosition }> {
  const partition = partitions.audit(tenant);
  const events: KeptEvent[] = [];
  const atOnce = asks(filter) ? lookedAtAtOnce : limit;
  let start: Item | undefined = after && { pk: partition, sk: after.sk };
  for (let lookedAt = 0; lookedAt < mostLookedAt; ) {
    const page = await table.list({
      ...{ partition, within: { from: from || "0", to }, newestFirst: true, limit: atOnce },
      ...(start ? { after: start } : {}),
    });
    for (const [i, item] of page.items.entries()) {
      const kept = keptEvent(item);
      if (!admits(filter, kept)) continue;
      events.push(kept);
      const isLast = i === page.items.length - 1 && page.next === undefined;
      if (events.length === limit) return { events, ...(isLast ? {} : { next: { sk: String(item["sk"]) } }) };
    }
    if (!page.next) return { events };
    start = page.next;
    lookedAt += page.items.length;
  }
  return { events, ...(start ? { next: { sk: String(start["sk"]) } } : {}) };
}

const admits = (filter: AuditFilter, kept: KeptEvent): boolean =>
  "event" in kept ? passes(kept.event, filter) : !asks(filter);

/** How many items one read by key may ask for. */
const mostAtOnce = 100;

/** The events at these sort keys, in this order; `undefined` where there is none. */
export async function readAuditEvents(
  { table, tenant }: TenantScope,
  sources: readonly (string | undefined)[],
): Promise<readonly (KeptEvent | undefined)[]> {
  const pk = partitions.audit(tenant);
  const keys = sources.flatMap((sk): Key[] => (sk === undefined ? [] : [{ pk, sk }]));
  const found = new Map<unknown, KeptEvent>();
  for (let at = 0; at < keys.length; at += mostAtOnce) {
    const items = await table.getMany(keys.slice(at, at + mostAtOnce));
    for (const item of items) found.set(item["sk"], keptEvent(item));
  }
  return sources.map((source) => found.get(source));
}

/** The write after which an event says nothing any more. What the log has of it, its salted hash, stays as it is. */
export function eraseAuditEvent({ tenant }: TenantScope, sk: string, erasedAt: string): Write {
  return {
    update: { pk: partitions.audit(tenant), sk },
    set: { erasedAt },
    remove: ["tenant", "actor", "action", "target", "request", "salt"],
    guard: "present",
  };
}
