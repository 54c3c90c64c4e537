/**
 * Requests that are carried out once however often they are sent. An item goes from `begun` to `carried-out` in the very
 * transaction that carries its request out, and to `answered` with the sealed answer; one that came to nothing is `released`.
 * Each attempt has a name, and every step is on the condition that no other attempt has taken over.
 */
import * as z from "zod";
import { Bytes } from "#shared/bytes.ts";
import { type KeyOwner, keyAttributes, partitions, platform, sorts } from "./keys.ts";
import { GuardFailed, type Table, type Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

/** Seconds for which a request is known, and for which an attempt may still be at work: longer than any door runs. */
const knownFor = 86_400;
export const attemptSeconds = 150;

const IdempotentRequest = z.object({
  state: z.enum(["begun", "carried-out", "answered", "released"]),
  attempt: z.string(),
  /** Seconds since the epoch. */
  begunAt: z.int(),
  expiresAt: z.int(),
  /** A keyed digest of what was sent. */
  sent: z.string(),
  answer: Bytes.optional(),
});
export type IdempotentRequest = z.infer<typeof IdempotentRequest>;

/** Whose requests. */
export interface Requests {
  readonly table: Table;
  readonly owner: KeyOwner;
}

export const requestsOfOperators = (table: Table): Requests => ({ table, owner: platform });
export const requestsOf = ({ table, tenant }: TenantScope): Requests => ({ table, owner: tenant });

interface Attempt {
  /** What the request is looked up by. */
  readonly id: string;
  readonly attempt: string;
}

const place = ({ owner }: Requests, id: string) => ({
  pk: partitions.idempotency(owner),
  sk: sorts.idempotentRequest(id),
});

/**
 * Begins an attempt where there is none that counts; else tells what is known of the request. One that was released, that
 * nobody works on any more or that is a day old is taken over.
 */
export async function beginRequest(
  requests: Requests,
  { id, attempt, sent, now }: Attempt & { readonly sent: string; readonly now: Date },
): Promise<IdempotentRequest | "begun"> {
  const seconds = Math.floor(now.getTime() / 1000);
  const fresh = { state: "begun", attempt, sent, begunAt: seconds, [keyAttributes.expiry]: seconds + knownFor };
  const claim = (guard: Write["guard"]) =>
    requests.table.write({ put: { ...place(requests, id), ...fresh }, ...(guard ? { guard } : {}) });
  for (let look = 0; look < 3; look++) {
    const known = look === 0 ? undefined : await readRequest(requests, id);
    if (known && !isOver(known, sent, seconds)) return known;
    try {
      await claim(known ? { equals: { attempt: known.attempt, state: known.state } } : "absent");
      return "begun";
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error;
    }
  }
  return IdempotentRequest.parse(fresh);
}

async function readRequest(requests: Requests, id: string): Promise<IdempotentRequest | undefined> {
  const item = await requests.table.get(place(requests, id));
  return item && IdempotentRequest.parse(item);
}

function isOver({ state, begunAt, expiresAt, sent }: IdempotentRequest, nowSent: string, seconds: number): boolean {
  if (expiresAt <= seconds) return true;
  if (sent !== nowSent) return false;
  return state === "released" || (state === "begun" && begunAt + attemptSeconds <= seconds);
}

/** The write by which a transaction says whose request it carries out. Fails where another attempt has taken over. */
export function carriedOut(requests: Requests, { id, attempt }: Attempt): Write {
  return {
    update: place(requests, id),
    set: { state: "carried-out" },
    guard: { equals: { attempt } },
  };
}

/** Keeps the answer, sealed. */
export async function keepAnswer(requests: Requests, { id, attempt }: Attempt, answer: Uint8Array): Promise<void> {
  const set = { state: "answered", answer };
  await requests.table.write({ update: place(requests, id), set, guard: { equals: { attempt } } });
}

/** Lets the request be sent again, if it came to nothing. */
export async function releaseRequest(requests: Requests, { id, attempt }: Attempt): Promise<void> {
  const guard = { equals: { attempt, state: "begun" } } as const;
  try {
    await requests.table.write({ update: place(requests, id), set: { state: "released" }, guard });
  } catch (error) {
    // Carried out after all, or taken over.
    if (!(error instanceof GuardFailed)) throw error;
  }
}
