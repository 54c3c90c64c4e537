/** Reviewing exceptions for dependencies: somebody looked whether they are still needed. */
import * as z from "zod";
import { requireMatch, tagOf } from "#shared/http/entity-tag.ts";
import { invalid, parseInput } from "#shared/http/validate.ts";
import { Day } from "#shared/posture/day.ts";
import { Exception } from "#shared/posture/exception.ts";
import { ItemId } from "#shared/posture/head.ts";
import { line, prose } from "#shared/posture/text.ts";
import type { Edit } from "#shared/store/drafts.ts";
import { commitEdits, findItem, refuseFaults, todayOf } from "./posture-item.ts";
import { contentOf, shown, shownOf } from "./posture-kind.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

/** Reviews that an exception remembers. */
const keptReviews = 50;

const Review = z.strictObject({
  on: Day.optional().meta({ description: "Today, in the tenant's zone, where it is left out." }),
  by: line(120).optional().meta({ description: "Who looked. It is published." }),
  note: prose(600).optional().meta({ description: "What was found." }),
  next: Day.optional().meta({ description: "When it is looked at again. Needed where the exception has a day." }),
});

export function reviewRoute(api: TenantApi, { now }: { readonly now: () => Date }): void {
  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/exceptions/{id}/review", group: "Posture", permission: "posture.confirm" },
      summary: "Review an exception",
      description: "It was looked at and is still needed. One that is not needed any more is removed instead.",
      params: z.object({ id: ItemId }),
      ifMatch: "optional",
      ...{ body: Review, bodyMayBeAbsent: true },
      answers: {
        200: {
          description: "The exception as it is now.",
          json: shownOf("exceptions"),
          headers: { ETag: "Its revision." },
        },
      },
      failures: ["conflict"],
    },
    async (c) => {
      const { id } = c.req.valid("param");
      const { on, next, ...rest } = c.req.valid("json");
      const { item: before } = await findItem(c.var.scope, "exceptions", id);
      requireMatch(c.req.header("if-match"), before.revision);
      const today = await todayOf(c.var.scope, now());
      const day = on ?? today;
      if (day > today)
        throw invalid([{ pointer: "/on", detail: "lies in the future: it says what has already happened" }]);
      if (next === undefined && before.review.on !== null)
        throw invalid([{ pointer: "/next", detail: "is missing: say when the exception is looked at again" }]);
      if (next !== undefined && next <= day)
        throw invalid([{ pointer: "/next", detail: "must come after the review" }]);
      const content = contentOf<"exceptions">(before);
      const after = parseInput(Exception, {
        ...content,
        review: { ...content.review, on: next ?? null },
        reviews: [...content.reviews, { on: day, ...rest }].slice(-keptReviews),
      });
      refuseFaults("exceptions", after, today);
      const deed = { action: "posture.reviewed", target: { kind: "exceptions", id } } as const;
      await commitEdits(c.var, [{ kind: "exceptions", before, after } as Edit], deed, now());
      const changed = await findItem(c.var.scope, "exceptions", id);
      return c.json(shown(changed), 200, { etag: tagOf(changed.item.revision) });
    },
  );
}
