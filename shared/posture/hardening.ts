import * as z from "zod";
import { Fact, head, ItemId } from "./head.ts";
import { line, prose } from "./text.ts";

const Step = z.strictObject({
  id: ItemId,
  statement: prose(800),
  /** Settings and values that are meant. */
  facts: z.array(Fact).max(10).default([]),
  need: z.enum(["required", "recommended"]).default("required"),
  /** The command that shows whether it is done. */
  command: line(500).optional(),
  /** The claim, check or page that says why. */
  claim: ItemId.optional(),
});

/** What whoever runs the product does and ticks off. */
export const HardeningChecklist = z.strictObject({
  ...head,
  /** When: "before it can be reached from the internet". */
  phase: line(160),
  statement: prose(2_000).optional(),
  steps: z.array(Step).min(1).max(80),
});
export type HardeningChecklist = z.infer<typeof HardeningChecklist>;
