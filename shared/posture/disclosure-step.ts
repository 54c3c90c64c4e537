import * as z from "zod";
import { head } from "./head.ts";
import { prose } from "./text.ts";

/** A step on the way from a report to its publication, in the order of `order`. */
export const DisclosureStep = z.strictObject({
  ...head,
  who: z.enum(["reporter", "tenant", "both"]),
  statement: prose(1_000),
});
export type DisclosureStep = z.infer<typeof DisclosureStep>;
