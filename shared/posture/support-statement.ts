import * as z from "zod";
import { Day } from "./day.ts";
import { head } from "./head.ts";
import { line, prose } from "./text.ts";

/** Versions, named by their place among releases, or by what they are called. */
const Versions = z.discriminatedUnion("by", [
  z.strictObject({
    by: z.literal("place"),
    place: z.enum(["development", "latest-release", "previous-minor", "older"]),
    /** The branch, where it is one. */
    branch: line(120).optional(),
  }),
  /** A range in the notation of the product's package manager: `>=2.4 <3`. */
  z.strictObject({ by: z.literal("range"), range: line(120) }),
]);

/** What becomes of a security fault in some versions of the product. */
export const SupportStatement = z.strictObject({
  ...head,
  versions: Versions,
  level: z.enum(["all-fixes", "critical-and-high", "best-effort", "none"]),
  statement: prose(1_000),
  /** The last day of support; `null` where none is set. */
  until: Day.nullable().default(null),
});
export type SupportStatement = z.infer<typeof SupportStatement>;
