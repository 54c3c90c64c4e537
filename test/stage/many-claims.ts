/** A posture as large as one can be, and how large what is kept of it in the table becomes. */
import { marshall } from "@aws-sdk/util-dynamodb";
import type { InputOf, Kind } from "#shared/posture/kinds.ts";
import { kinds } from "#shared/posture/kinds.ts";
import { type Edit, editDraft, mostEdits } from "#shared/store/drafts.ts";
import { partitions } from "#shared/store/keys.ts";
import type { Item } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";

/** Claims with some of everything that a claim has, each a little over half a kilobyte. */
export const manyClaims = (count: number): InputOf<"claims">[] =>
  Array.from({ length: count }, (_, n) => ({
    ...{
      id: `claim-${String(n)}`,
      title: `Claim ${String(n)}`,
      section: `Section ${String(n % 20)}`,
      technology: "TLS 1.3",
    },
    statement: `Statement ${String(n)}: every connection is encrypted, and what is not is refused with a reason.`,
    label: { maturity: (["enforced", "shipped", "beta", "partial"] as const)[n % 4] ?? "beta" },
    caveats: [{ id: "gap", summary: `What ${String(n)} does not cover yet is written here in one sentence.` }],
  }));

/** Makes items of the draft, as many at a time as one transaction takes. */
export async function writeItems<K extends Kind>(
  scope: TenantScope,
  kind: K,
  inputs: readonly InputOf<K>[],
): Promise<void> {
  const edits = inputs.map((input) => ({ kind, after: kinds[kind].parse(input) }) as unknown as Edit);
  for (let start = 0; start < edits.length; start += mostEdits) {
    const change = { at: new Date(), by: "somebody" };
    await scope.table.transact(await editDraft(scope, edits.slice(start, start + mostEdits), change));
  }
}

/** Bytes of the largest item of a tenant's draft, requests, releases and what is public. */
export async function largestItemOf(scope: TenantScope): Promise<number> {
  const { draft, publications, releases, published } = partitions;
  let largest = 0;
  for (const partition of [draft, publications, releases, published].map((of) => of(scope.tenant))) {
    let after: Item | undefined;
    do {
      const page = await scope.table.list({ partition, ...(after ? { after } : {}) });
      for (const item of page.items)
        largest = Math.max(largest, Buffer.byteLength(JSON.stringify(marshall(item, { removeUndefinedValues: true }))));
      after = page.next;
    } while (after);
  }
  return largest;
}
