/** Requests to publish, to restore and to withdraw: what waits for `publisher`, and what came of it. */
import { isScheduled, PublicationRequest, type Refusal } from "#shared/release/request.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import { dueAttributes, dueKeys, notDue } from "./due.ts";
import { keyAttributes, partitions, sorts } from "./keys.ts";
import type { Key, Table, Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

/** How long after it is written the schedule looks for a request that the stream should have brought. */
const streamGrace = 60_000;
/** How long a request stays once it came to something; releases and the audit log stay for good. In seconds. */
const keptFor = 90 * 86_400;

const key = ({ tenant }: TenantScope, id: string): Key => ({
  pk: partitions.publications(tenant),
  sk: sorts.publication(id),
});

/** The write that asks. Its insertion wakes `publisher`; what is scheduled is found by its moment. */
export function newPublication(scope: TenantScope, request: PublicationRequest): Write {
  const at = new Date(request.at);
  const due = isScheduled(request) ? at : new Date(at.getTime() + streamGrace);
  return {
    put: { ...key(scope, request.id), ...request, ...dueAttributes("publication", request.id, due) },
    guard: "absent",
  };
}

export async function readPublication(scope: TenantScope, id: string): Promise<PublicationRequest | undefined> {
  const item = await scope.table.get(key(scope, id));
  return item && PublicationRequest.parse(item);
}

/** Requests, by id. `after`: the last id of the page before. */
export async function listPublications(
  scope: TenantScope,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly requests: readonly PublicationRequest[]; readonly next?: string }> {
  const { items, next } = await scope.table.list({
    ...{ partition: partitions.publications(scope.tenant), limit },
    ...(after === undefined ? {} : { after: { ...key(scope, after) } }),
  });
  const requests = items.map((item) => PublicationRequest.parse(item));
  const last = requests.at(-1);
  return { requests, ...(next && last ? { next: last.id } : {}) };
}

/** The write that notes what came of a request. Fails where something came of it already. */
export function publicationSettled(
  scope: TenantScope,
  { id }: Pick<PublicationRequest, "id">,
  outcome:
    | { readonly state: "done"; readonly release: number }
    | { readonly state: "refused"; readonly refusal: Refusal }
    | { readonly state: "cancelled" },
  now: Date,
): Write {
  return {
    update: key(scope, id),
    set: { ...outcome, [keyAttributes.expiry]: Math.floor(now.getTime() / 1000) + keptFor },
    remove: notDue,
    guard: { equals: { state: "waiting" } },
  };
}

/** Has a request looked at again at `at`: its release is on its way, and there is something left to do after. */
export async function lookAgain(scope: TenantScope, id: string, at: Date): Promise<void> {
  const set = dueAttributes("publication", id, at);
  await scope.table.write({ update: key(scope, id), set, guard: { equals: { state: "waiting" } } });
}

/** Whose request an item is, and which; `undefined` for items of other kinds. */
export function publicationOf({ pk, sk }: Key): { readonly tenant: TenantId; readonly id: string } | undefined {
  const tenant = TenantId.safeParse(pk.split("#")[1]);
  if (!tenant.success || pk !== partitions.publications(tenant.data)) return undefined;
  return { tenant: tenant.data, id: decodeURIComponent(sk) };
}

/** Keys of the requests that are due at `now`, at most about `most`. */
export async function duePublications(table: Table, now: Date, most: number): Promise<readonly Key[]> {
  return (await dueKeys(table, "publication", now, most)).map(({ key: found }) => found);
}
