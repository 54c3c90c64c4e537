/** How one item of a draft is found, checked and changed. */
import type { AuditAction } from "#shared/audit/action.ts";
import { Failure } from "#shared/failure.ts";
import { notFound } from "#shared/http/api.ts";
import { invalid } from "#shared/http/validate.ts";
import { mostItems } from "#shared/posture/check-draft.ts";
import { checkItem } from "#shared/posture/check-item.ts";
import { type Day, dayIn } from "#shared/posture/day.ts";
import type { ItemOf, Kind } from "#shared/posture/kinds.ts";
import { type Edit, editDraft, readItem, type Stored } from "#shared/store/drafts.ts";
import { readProfile } from "#shared/store/profiles.ts";
import { GuardFailed } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { oneOf } from "./posture-kind.ts";
import type { TenantVariables } from "./tenant-request.ts";

/** @throws Failure `not-found` */
export async function findItem<K extends Kind>(scope: TenantScope, kind: K, id: string): Promise<Stored<K>> {
  const found = await readItem(scope, kind, id);
  if (!found) throw notFound();
  return found;
}

/** The day it is for the tenant. */
export async function todayOf(scope: TenantScope, now: Date): Promise<Day> {
  const profile = await readProfile(scope);
  return dayIn(profile?.timeZone ?? "UTC", now);
}

/** @throws Failure `invalid` with a pointer to each fault that the item's own schema could not see */
export function refuseFaults<K extends Kind>(kind: K, item: ItemOf<K>, today: Day): void {
  const faults = checkItem(kind, item, today);
  if (faults.length > 0) throw invalid(faults);
}

/** A policy that is above itself would have no end. @throws Failure `invalid` */
export async function refuseCircle(scope: TenantScope, kind: Kind, item: ItemOf<Kind>): Promise<void> {
  if (kind !== "policies") return;
  const { id, parent } = item as ItemOf<"policies">;
  const above = new Set([id]);
  for (let at = parent; at !== null; ) {
    if (above.has(at)) throw invalid([{ pointer: "/parent", detail: "makes a circle: a policy is above itself" }]);
    above.add(at);
    at = (await readItem(scope, "policies", at))?.item.parent ?? null;
  }
}

/** Carries out a change of items. @throws Failure `conflict` where one of them was changed, made or removed meanwhile */
export async function commitEdits(
  { scope, member, commit }: TenantVariables,
  edits: readonly Edit[],
  deed: { readonly action: AuditAction; readonly target: Readonly<Record<string, string>> },
  at: Date,
): Promise<void> {
  const writes = await editDraft(scope, edits, { at, by: member });
  try {
    await commit(writes, deed);
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
    throw conflict(edits, error.positions.includes(writes.length - 1));
  }
}

function conflict(edits: readonly Edit[], full: boolean): Failure {
  const [first] = edits;
  const one = first ? oneOf(first.kind) : "item";
  if (full)
    return new Failure(
      "conflict",
      `There are ${String(mostItems)} of this kind, which is as many as fit. Remove one first.`,
    );
  if (first && !first.before)
    return new Failure("conflict", `There is a ${one} of this id already. Change that one, or send another id.`);
  return new Failure("conflict", `The ${one} was changed meanwhile. Read it again, then decide anew.`);
}
