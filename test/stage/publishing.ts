/** A draft, and what is made of it, as the API, `publisher` and `notary` do it one after the other. */
import { randomBytes } from "node:crypto";
import type { InputOf, Kind } from "#shared/posture/kinds.ts";
import { kinds } from "#shared/posture/kinds.ts";
import type { RequestedWork } from "#shared/release/request.ts";
import { newIdentifier } from "#shared/report/identifier.ts";
import { type Edit, editDraft, readItem } from "#shared/store/drafts.ts";
import { partitions, sorts } from "#shared/store/keys.ts";
import { newPublication, readPublication } from "#shared/store/publications.ts";
import type { Key } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { notary, publisher } from "./doors.ts";
import type { Stage } from "./stage.ts";

/** Makes an item of the draft, or changes it. */
export async function writeItem<K extends Kind>(scope: TenantScope, kind: K, input: InputOf<K>): Promise<void> {
  const after = kinds[kind].parse(input) as { id: string };
  const before = (await readItem(scope, kind, after.id))?.item;
  const edit = { kind, after, ...(before ? { before } : {}) } as unknown as Edit;
  await scope.table.transact(await editDraft(scope, [edit], { at: new Date("2026-11-18T09:00:00Z"), by: "somebody" }));
}

export const claim = (id: string, given: Partial<InputOf<"claims">> = {}): InputOf<"claims"> => ({
  ...{ id, title: `Claim ${id}`, section: "Section", statement: "It is so.", label: { maturity: "beta" } },
  ...given,
});

/** Asks as the API does. Answers the item whose insertion wakes `publisher`. */
export async function ask(stage: Stage, scope: TenantScope, work: RequestedWork, at?: Date): Promise<Key> {
  const now = stage.clock.now();
  const id = newIdentifier(randomBytes);
  const times = { at: (at ?? now).toISOString(), createdAt: now.toISOString() };
  await scope.table.write(newPublication(scope, { id, work, by: "somebody", ...times, state: "waiting" }));
  return { pk: partitions.publications(scope.tenant), sk: sorts.publication(id) };
}

/** What came of a request. */
export async function outcomeOf(scope: TenantScope, { sk }: Key) {
  const request = await readPublication(scope, sk);
  if (!request) throw new Error("The request is gone.");
  return request;
}

/** Asks, and lets both doors work. Answers the number of the release. Throws where none came of it. */
export async function publishNow(
  stage: Stage,
  scope: TenantScope,
  work: RequestedWork = { kind: "publish" },
): Promise<number> {
  const asked = await ask(stage, scope, work);
  throwFirst(await publisher(stage).inserted([asked], "run-p"));
  const { release, refusal } = await outcomeOf(scope, asked);
  if (release === undefined) throw new Error(`Nothing came of it: ${JSON.stringify(refusal)}`);
  throwFirst(await notary(stage).inserted([releaseItem(scope, release)], "run-n"));
  return release;
}

/** The item whose insertion wakes `notary`. */
export const releaseItem = ({ tenant }: TenantScope, number: number): Key => ({
  pk: partitions.releases(tenant),
  sk: sorts.release(number),
});

export function throwFirst(failed: readonly { readonly error: unknown }[]): void {
  for (const { error } of failed) throw error;
}
