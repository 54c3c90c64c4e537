import { describe, expect, it } from "vitest";
import { mostItems } from "#shared/posture/check-draft.ts";
import { type InputOf, type Kind, kinds } from "#shared/posture/kinds.ts";
import { type Edit, editDraft, listItems, listRevisions, readDraft, readItem } from "#shared/store/drafts.ts";
import { partitions, sorts } from "#shared/store/keys.ts";
import { GuardFailed } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const change = { at: new Date("2026-11-18T10:00:00Z"), by: "somebody" };

const claim = (id: string, given: Partial<InputOf<"claims">> = {}) =>
  kinds.claims.parse({ id, title: `Claim ${id}`, section: "Section", statement: "It is so.", ...given });
const making = <K extends Kind>(kind: K, after: Edit<K>["after"]): Edit => ({ kind, after }) as unknown as Edit;

async function edit(scope: TenantScope, ...edits: Edit[]): Promise<void> {
  await scope.table.transact(await editDraft(scope, edits, change));
}
async function claimOf(scope: TenantScope, id: string) {
  const found = await readItem(scope, "claims", id);
  if (!found) throw new Error("the claim is there");
  return found.item;
}

describe("a draft", () => {
  it("keeps an item as it was given, with its revision and who changed it", async () => {
    const scope = await newTenant(stage);
    const given = claim("a", { caveats: [{ id: "c", summary: "Not yet." }], translations: { de: { "/title": "A" } } });
    await edit(scope, making("claims", given));
    expect(await readItem(scope, "claims", "a")).toEqual({
      item: { ...given, revision: 1 },
      changedAt: "2026-11-18T10:00:00.000Z",
      changedBy: "somebody",
    });
    expect(await readItem(scope, "risks", "a")).toBeUndefined();
  });

  it("changes an item only as it was read", async () => {
    const scope = await newTenant(stage);
    await edit(scope, making("claims", claim("a")));
    const before = await claimOf(scope, "a");
    const rename = (title: string): Edit => ({ kind: "claims", before, after: claim("a", { title }) });
    await edit(scope, rename("First"));
    await expect(edit(scope, rename("Second"))).rejects.toThrow(GuardFailed);
    expect(await claimOf(scope, "a")).toMatchObject({ title: "First", revision: 2 });
  });

  it("takes a name once, and goes on counting revisions when it comes back", async () => {
    const scope = await newTenant(stage);
    await edit(scope, making("claims", claim("a")));
    await expect(edit(scope, making("claims", claim("a")))).rejects.toThrow(GuardFailed);
    await edit(scope, { kind: "claims", before: await claimOf(scope, "a") });
    expect(await readItem(scope, "claims", "a")).toBeUndefined();
    await edit(scope, making("claims", claim("a", { title: "Again" })));
    expect((await listRevisions(scope, "claims", "a")).map(({ revision, item }) => [revision, item?.title])).toEqual([
      [3, "Again"],
      [2, undefined],
      [1, "Claim a"],
    ]);
  });

  it("keeps the last fifty revisions of an item", async () => {
    const scope = await newTenant(stage);
    await edit(scope, making("claims", claim("a")));
    for (let at = 0; at < 52; at++) {
      const before = await claimOf(scope, "a");
      await edit(scope, { kind: "claims", before, after: claim("a", { title: `Title ${String(at)}` }) });
    }
    const revisions = await listRevisions(scope, "claims", "a");
    expect(revisions.map(({ revision }) => revision)).toEqual(Array.from({ length: 50 }, (_, at) => 53 - at));
  });

  it("is listed by kind, a page at a time", async () => {
    const scope = await newTenant(stage);
    await edit(scope, ...["c", "a", "b"].map((id) => making("claims", claim(id))), {
      kind: "terms",
      after: kinds.terms.parse({ id: "t", title: "T", about: "credit", statement: "Thanks." }),
    });
    const first = await listItems(scope, "claims", { limit: 2 });
    expect(first.items.map(({ item }) => item.id)).toEqual(["a", "b"]);
    const second = await listItems(scope, "claims", { limit: 2, after: first.next });
    expect(second.items.map(({ item }) => item.id)).toEqual(["c"]);
    expect(second.next).toBeUndefined();
  });

  it("is read whole, and each change of it is counted", async () => {
    const scope = await newTenant(stage);
    expect(await readDraft(scope)).toMatchObject({ changes: 0 });
    for (let batch = 0; batch < 4; batch++)
      await edit(
        scope,
        ...Array.from({ length: 30 }, (_, at) =>
          making("claims", claim(`c${String(batch)}-${String(at)}`, { statement: "long ".repeat(700).trim() })),
        ),
      );
    const { draft, changes } = await readDraft(scope);
    expect(Object.keys(draft.content.claims)).toHaveLength(120);
    expect(changes).toBe(4);
  });

  it("is read again when it was changed meanwhile", async () => {
    const scope = await newTenant(stage);
    await edit(scope, making("claims", claim("a")));
    let disturbed = false;
    const table: TenantScope["table"] = {
      ...scope.table,
      async list(question) {
        const answer = await scope.table.list(question);
        if (!disturbed) {
          disturbed = true;
          await edit(scope, making("claims", claim("b")));
        }
        return answer;
      },
    };
    expect(Object.keys((await readDraft({ ...scope, table })).draft.content.claims)).toEqual(["a", "b"]);
  });

  it("holds only so many items of a kind", async () => {
    const scope = await newTenant(stage);
    await scope.table.write({
      update: { pk: partitions.draft(scope.tenant), sk: sorts.draftState() },
      add: { claims: mostItems - 1 },
    });
    await expect(edit(scope, making("claims", claim("a")), making("claims", claim("b")))).rejects.toThrow(GuardFailed);
    await edit(scope, making("claims", claim("a")));
    await expect(edit(scope, making("claims", claim("b")))).rejects.toThrow(GuardFailed);
    await edit(scope, { kind: "claims", before: await claimOf(scope, "a") }, making("claims", claim("b")));
  });
});
