import * as z from "zod";
import { Fact, head, ItemId } from "./head.ts";
import { line, prose } from "./text.ts";

/** A sequence of steps between parties, drawn as a list: a protocol. */
const Flow = z.strictObject({
  title: line(160),
  parties: z.array(line(80)).min(1).max(6),
  steps: z
    .array(z.strictObject({ from: line(80), to: line(80).optional(), statement: prose(600) }))
    .min(1)
    .max(30),
});

/** One of several measures that stand behind one another, outermost first. */
export const Layer = z.strictObject({
  ...head,
  statement: prose(3_000),
  points: z
    .array(z.strictObject({ id: ItemId, statement: prose(800) }))
    .max(40)
    .default([]),
  facts: z.array(Fact).max(40).default([]),
  flow: Flow.optional(),
  /** Claims that it consists of. */
  claims: z.array(ItemId).max(40).default([]),
});
export type Layer = z.infer<typeof Layer>;
