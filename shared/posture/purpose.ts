import * as z from "zod";
import { Caveat } from "./claim.ts";
import { Fact, head, ItemId } from "./head.ts";
import { line, prose } from "./text.ts";

/** What a tenant says of itself and its policy: what for, with how many hands, and what follows from that. */
export const Purpose = z.strictObject({
  ...head,
  statement: prose(3_000),
  /** What a reader is to get from the posture. */
  purposes: z.array(prose(400)).max(10).default([]),
  /** How much there is to answer with: maintainers, on-call, bounty. */
  capacity: z
    .array(z.strictObject({ id: ItemId, statement: prose(400), fact: Fact.optional() }))
    .max(20)
    .default([]),
  /** What of that is conceded; part of the summary of gaps. */
  caveats: z
    .array(Caveat.omit({ evidence: true }))
    .max(20)
    .default([]),
  /** Changes that are taken to be dangerous until they are tested, and the like. */
  principles: z
    .array(z.strictObject({ id: ItemId, statement: prose(600), items: z.array(line(160)).max(20).default([]) }))
    .max(20)
    .default([]),
});
export type Purpose = z.infer<typeof Purpose>;
