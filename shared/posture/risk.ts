import * as z from "zod";
import { Day } from "./day.ts";
import { head, ItemId } from "./head.ts";
import { prose } from "./text.ts";

/** A risk that the tenant knows of and lives with. */
export const Risk = z.strictObject({
  ...head,
  kind: z.enum([
    /** A gap that is to be closed. */
    "gap",
    /** Chosen so. */
    "by-design",
    /** It is for whoever runs the product to see to it. */
    "operator-duty",
  ]),
  statement: prose(2_000),
  /** Why it is accepted. */
  reason: prose(1_000).optional(),
  /** How a gap is to be closed. */
  plan: prose(1_000).optional(),
  /** When it is looked at again; `null` where no day was set. */
  reviewOn: Day.nullable().default(null),
  /** Claims that it narrows. */
  claims: z.array(ItemId).max(20).default([]),
});
export type Risk = z.infer<typeof Risk>;
