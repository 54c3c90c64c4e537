import * as z from "zod";
import { head, ItemId } from "./head.ts";
import { line, prose } from "./text.ts";

/** How the posture answers a framework's controls. No more is said than `statement` and `controls` hold: being listed is no certificate. */
export const Framework = z.strictObject({
  ...head,
  version: line(40).optional(),
  statement: prose(2_000),
  controls: z
    .array(
      z.strictObject({
        control: line(120),
        state: z.enum(["met", "partly-met", "not-met"]).nullable().default(null),
        claims: z.array(ItemId).max(20).default([]),
      }),
    )
    .max(400)
    .default([]),
});
export type Framework = z.infer<typeof Framework>;
