/** Confirming claims: one by somebody who looked, many by a machine that knows which places in the source are as they were. */
import * as z from "zod";
import { Failure } from "#shared/failure.ts";
import { requireMatch, tagOf } from "#shared/http/entity-tag.ts";
import { invalid } from "#shared/http/validate.ts";
import type { Claim } from "#shared/posture/claim.ts";
import { confirmed, holdsBy } from "#shared/posture/confirm.ts";
import { Confirmation } from "#shared/posture/confirmation.ts";
import { Day } from "#shared/posture/day.ts";
import { Commit, Evidence } from "#shared/posture/evidence.ts";
import { ItemId } from "#shared/posture/head.ts";
import { line, SourcePath } from "#shared/posture/text.ts";
import { type Edit, listItems, mostEdits, type Stored } from "#shared/store/drafts.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { commitEdits, findItem, refuseFaults, todayOf } from "./posture-item.ts";
import { contentOf, shown, shownOf } from "./posture-kind.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

const group = "Posture";

const One = z.strictObject({
  on: Day.optional().meta({ description: "Today, in the tenant's zone, where it is left out." }),
  method: Confirmation.shape.method.default("review"),
  by: Confirmation.shape.by.meta({ description: "Who looked. It is published." }),
  commit: Commit.optional(),
  note: Confirmation.shape.note,
  evidence: z
    .array(Evidence)
    .max(60)
    .default([])
    .meta({ description: "What was looked at: takes the place of evidence of the same id, and is added else." }),
});

const Many = z.strictObject({
  commit: Commit.meta({ description: "The state of the source at which these places hold." }),
  paths: z
    .array(SourcePath)
    .min(1)
    .max(10_000)
    .meta({ description: "Places in the source that are as the claims say." }),
  on: Day.optional(),
  by: line(120).optional(),
  note: line(300).optional(),
});

const ManyAnswer = z.strictObject({
  confirmed: z.array(z.strictObject({ id: ItemId, on: Day, commit: Commit })),
  unconfirmed: z.array(
    z.strictObject({
      id: ItemId,
      reason: z.enum(["no-evidence", "other-evidence", "missing-paths", "confirmed-later"]),
      evidence: z.array(ItemId).optional().meta({ description: "Evidence that is no place in the source." }),
      paths: z.array(z.string()).optional().meta({ description: "Places that were not among those sent." }),
    }),
  ),
  remaining: z
    .int()
    .meta({ description: "How many more the same request would confirm. Send it again until it is 0." }),
});

export function confirmationRoutes(api: TenantApi, { now }: { readonly now: () => Date }): void {
  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/claims/{id}/confirm", group, permission: "posture.confirm" },
      summary: "Confirm a claim",
      description: "Somebody looked, and it is still so. A claim that names nothing it rests on can't be confirmed.",
      params: z.object({ id: ItemId }),
      ifMatch: "optional",
      ...{ body: One, bodyMayBeAbsent: true },
      answers: {
        200: { description: "The claim as it is now.", json: shownOf("claims"), headers: { ETag: "Its revision." } },
      },
      failures: ["conflict"],
    },
    async (c) => {
      const { id } = c.req.valid("param");
      const { evidence, on, ...rest } = c.req.valid("json");
      const { item: before } = await findItem(c.var.scope, "claims", id);
      requireMatch(c.req.header("if-match"), before.revision);
      const today = await todayOf(c.var.scope, now());
      const after = confirmed(contentOf(before), { ...rest, on: on ?? today }, evidence);
      if (after.evidence.length === 0)
        throw invalid([{ pointer: "/evidence", detail: "names nothing: say what was looked at" }]);
      if ((on ?? today) > today)
        throw invalid([{ pointer: "/on", detail: "lies in the future: it says what has already happened" }]);
      if (isLater(before, on ?? today))
        throw new Failure("conflict", "The claim was confirmed on a later day. An older confirmation adds nothing.");
      refuseFaults("claims", after, today);
      const deed = { action: "posture.confirmed", target: { kind: "claims", id } } as const;
      await commitEdits(c.var, [{ kind: "claims", before, after } as Edit], deed, now());
      const changed = await findItem(c.var.scope, "claims", id);
      return c.json(shown(changed), 200, { etag: tagOf(changed.item.revision) });
    },
  );

  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/claims/confirmations", group, permission: "posture.confirm" },
      summary: "Confirm the claims that rest on places in the source",
      description:
        "For CI: says that these places hold at a commit. Exactly the claims are confirmed whose evidence is all among them. At most thirty are at a time.",
      body: Many,
      answers: { 200: { description: "Which claims are confirmed now, which are not, and why.", json: ManyAnswer } },
      failures: ["conflict"],
    },
    async (c) => {
      const { paths, on, ...rest } = c.req.valid("json");
      const today = await todayOf(c.var.scope, now());
      const confirmation = { ...rest, on: on ?? today, method: "automatic" as const };
      if (confirmation.on > today)
        throw invalid([{ pointer: "/on", detail: "lies in the future: it says what has already happened" }]);
      const { holding, unconfirmed } = sortClaims(await everyClaim(c.var.scope), new Set(paths), confirmation.on);
      const isDone = ({ confirmation: last }: Claim) =>
        last?.on === confirmation.on && last.commit === confirmation.commit && last.method === "automatic";
      const waiting = holding.filter(({ item }) => !isDone(item));
      const batch = firstThatFit(waiting);
      const edits = batch.map(({ item }) => ({
        kind: "claims" as const,
        before: item,
        after: confirmed(contentOf(item), confirmation),
      }));
      if (edits.length > 0)
        await commitEdits(
          c.var,
          edits as unknown as readonly Edit[],
          {
            action: "posture.confirmed",
            target: { kind: "claims", commit: rest.commit, id: edits.map(({ before }) => before.id).join(" ") },
          },
          now(),
        );
      const done = new Set([...holding.filter(({ item }) => isDone(item)), ...batch].map(({ item }) => item.id));
      return c.json({
        confirmed: [...done].map((id) => ({ id, on: confirmation.on, commit: rest.commit })),
        unconfirmed,
        remaining: waiting.length - batch.length,
      });
    },
  );
}

const isLater = ({ confirmation }: Claim, on: Day): boolean => confirmation !== null && confirmation.on > on;

/** Claims that the places carry, and the others with the reason. */
function sortClaims(claims: readonly Stored<"claims">[], paths: ReadonlySet<string>, on: Day) {
  const holding: Stored<"claims">[] = [];
  const unconfirmed: z.infer<typeof ManyAnswer>["unconfirmed"] = [];
  for (const claim of claims) {
    const { id } = claim.item;
    const verdict = holdsBy(claim.item, paths);
    if (!verdict.holds) {
      const { holds: _, ...why } = verdict;
      unconfirmed.push({ id, ...why } as (typeof unconfirmed)[number]);
    } else if (isLater(claim.item, on)) unconfirmed.push({ id, reason: "confirmed-later" });
    else holding.push(claim);
  }
  return { holding, unconfirmed };
}

/** What a transaction takes: it has bounds in number and in bytes. */
function firstThatFit(claims: readonly Stored<"claims">[]): readonly Stored<"claims">[] {
  let room = 1_000_000;
  return claims.slice(0, mostEdits).filter(({ item }) => {
    room -= JSON.stringify(item).length;
    return room > 0;
  });
}

async function everyClaim(scope: TenantScope): Promise<Stored<"claims">[]> {
  const all: Stored<"claims">[] = [];
  let after: string | undefined;
  do {
    const page = await listItems(scope, "claims", { limit: 100, after });
    all.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return all;
}
