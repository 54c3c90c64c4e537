import * as z from "zod";
import { head } from "./head.ts";
import { line, prose } from "./text.ts";

/** Something that a reporter is asked for. Nothing is demanded: a report without it is a report. */
export const ReportField = z.strictObject({
  ...head,
  /** The place in a report that takes it. */
  asks: z.enum(["description", "steps", "impact", "versions", "reporter", "disclosure-preference", "other"]),
  statement: prose(600),
  examples: z.array(line(160)).max(20).default([]),
});
export type ReportField = z.infer<typeof ReportField>;
