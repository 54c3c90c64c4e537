import * as z from "zod";
import { head } from "./head.ts";
import { line, prose } from "./text.ts";

/** What holds between the tenant and whoever reports. */
export const Term = z.strictObject({
  ...head,
  about: z.enum(["safe-harbour", "credit", "bounty", "disclosure", "reporting"]),
  statement: prose(2_000),
  /** Of credit: where it is given. */
  places: z.array(line(120)).max(10).default([]),
});
export type Term = z.infer<typeof Term>;
