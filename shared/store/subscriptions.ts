/** Subscriptions of a tenant's visitors, by an id made of their address, and when to tell them of a release. */
import * as z from "zod";
import { asksPerHour, confirmWithin, gatherFor, Subscription } from "#shared/subscription/subscription.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import { dueAttributes, dueKeys, notDue } from "./due.ts";
import { keyAttributes, partitions, sorts } from "./keys.ts";
import type { Item, Key, Table, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

const key = ({ tenant }: TenantScope, id: string): Key => ({
  pk: partitions.subscribers(tenant),
  sk: sorts.subscriber(id),
});

export async function readSubscription(scope: TenantScope, id: string): Promise<Subscription | undefined> {
  const item = await scope.table.get(key(scope, id));
  return item && Subscription.parse(item);
}

/** The write that keeps a subscription: new, or in place of the one that was read. What is not confirmed goes by itself. */
export function storeSubscription(
  scope: TenantScope,
  before: Subscription | undefined,
  after: Omit<Subscription, "revision">,
): Write {
  const revision = (before?.revision ?? 0) + 1;
  const expiry = {
    [keyAttributes.expiry]: Math.ceil((Date.parse(after.createdAt) + confirmWithin) / 1000),
  };
  return {
    put: { ...key(scope, after.id), ...after, revision, ...(after.state === "pending" ? expiry : {}) },
    guard: before ? { equals: { revision: before.revision } } : "absent",
  };
}

/** The write that forgets a subscription. */
export const forgetSubscription = (scope: TenantScope, id: string): Write => ({ delete: key(scope, id) });

/** The write that counts a mail which somebody caused by entering an address; fails when the hour's measure is full. */
export function countAsk(scope: TenantScope, now: Date): Write {
  const hour = now.toISOString().slice(0, 13);
  return {
    update: { pk: partitions.subscribers(scope.tenant), sk: sorts.subscriberAsks(hour) },
    add: { asks: 1 },
    setIfMissing: { [keyAttributes.expiry]: Math.ceil(now.getTime() / 1000) + 7_200 },
    guard: { below: { asks: asksPerHour } },
  };
}

/** A page of subscriptions in the order of their ids. `after`: the last one of the page before. */
export async function listSubscriptions(
  scope: TenantScope,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly subscriptions: readonly Subscription[]; readonly next?: string }> {
  const { items, next } = await scope.table.list({
    ...{ partition: partitions.subscribers(scope.tenant), prefix: sorts.subscriber(), limit: page.limit },
    ...(page.after === undefined ? {} : { after: { ...key(scope, page.after) } }),
  });
  const subscriptions = items.map((item) => Subscription.parse(item));
  const last = subscriptions.at(-1);
  return { subscriptions, ...(next && last ? { next: last.id } : {}) };
}

/** That a tenant's subscribers are to be told. */
const News = z.object({
  /** The newest release that there is to tell of. */
  release: z.int().min(1),
  /** The subscription after which a run that had enough goes on. */
  after: z.string().optional(),
});
export type News = z.infer<typeof News>;

const newsKey = ({ tenant }: TenantScope): Key => ({ pk: partitions.news(tenant), sk: sorts.news() });

export async function readNews(scope: TenantScope): Promise<News | undefined> {
  const item = await scope.table.get(newsKey(scope));
  return item && News.parse(item);
}

/** The write that has subscribers told of a release; belongs into the transaction that shows it. What follows soon is told with it. */
export function announce(scope: TenantScope, release: number, now: Date): Write {
  const at = new Date(now.getTime() + gatherFor);
  return { put: { ...newsKey(scope), release, ...dueAttributes("news", scope.tenant, at) } };
}

/** The write that has a run go on later. Fails where a newer release came meanwhile: that one starts anew. */
export function goOn(scope: TenantScope, { release, after }: News, at: Date): Write {
  return {
    put: { ...newsKey(scope), release, after, ...dueAttributes("news", scope.tenant, at) },
    guard: { equals: { release } },
  };
}

/** The write that notes that everybody was told. Fails as `goOn`. */
export const allTold = (scope: TenantScope, { release }: News): Write => ({
  update: newsKey(scope),
  remove: [...notDue, "after"],
  guard: { equals: { release } },
});

/** Tenants whose subscribers are to be told at `now`, at most about `most`. */
export async function dueNews(table: Table, now: Date, most: number): Promise<readonly Key[]> {
  return (await dueKeys(table, "news", now, most)).map((due) => due.key);
}

/** Whose news an item is. */
export function newsOf({ pk }: Pick<Item & Key, "pk">): TenantId | undefined {
  const tenant = TenantId.safeParse(pk.split("#")[1]);
  return tenant.success && pk === partitions.news(tenant.data) ? tenant.data : undefined;
}
