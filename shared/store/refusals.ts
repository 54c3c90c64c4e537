import * as z from "zod";
import type { Actor } from "#shared/audit/event.ts";
import { isTold, refusalHour } from "#shared/audit/refusal.ts";
import type { Random } from "#shared/report/identifier.ts";
import { auditWrite } from "./audit.ts";
import { keyAttributes, partitions, sorts } from "./keys.ts";
import { GuardFailed, type Key, type Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

export interface Refusal {
  readonly at: Date;
  readonly actor: Exclude<Actor, { door: string }>;
  /** What was tried, in our own words: nothing of it is the client's. */
  readonly target: Readonly<Record<string, string>>;
  readonly request: string;
}

/** Strangers are as many as somebody makes: they share what one member has alone. */
const allStrangers = "~strangers";
/** Requests of one actor that are refused at once want the same count; who loses that often is not counted. */
const attemptsAtMost = 4;
const keptSeconds = 86_400;
/** Where the check that there is such a tenant stands among the writes. */
const tenantCheck = 0;

/**
 * Counts a refused attempt, and tells the tenant's log of it where `isTold`. Of a tenant that never was nothing is written, and
 * nobody can tell that from outside: the same is read, and the same transaction is tried.
 */
export async function noteRefusal(scope: TenantScope, refusal: Refusal, random: Random): Promise<void> {
  const { at, actor } = refusal;
  const counter: Key = {
    pk: partitions.refusals(scope.tenant),
    sk: sorts.refusals(refusalHour(at), "member" in actor ? actor.member : allStrangers),
  };
  for (let attempt = 1; attempt <= attemptsAtMost; attempt++) {
    const before = z
      .int()
      .default(0)
      .parse((await scope.table.get(counter))?.["count"]);
    try {
      return await scope.table.transact(writesOf(scope, refusal, counter, before, random));
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error;
      if (error.positions.includes(tenantCheck)) return;
    }
  }
}

function writesOf(scope: TenantScope, refusal: Refusal, counter: Key, before: number, random: Random): Write[] {
  const count = before + 1;
  const { target, ...rest } = refusal;
  const event = { ...rest, action: "request.refused", target: { ...target, attempts: String(count) } } as const;
  return [
    { check: { pk: partitions.tenant(scope.tenant), sk: sorts.profile() }, guard: "present" },
    {
      update: counter,
      set: { count, [keyAttributes.expiry]: Math.floor(refusal.at.getTime() / 1000) + keptSeconds },
      guard: { equals: { count: before === 0 ? null : before } },
    },
    ...(isTold(count) ? [auditWrite(scope, event, random)] : []),
  ];
}
