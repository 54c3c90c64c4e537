import * as z from "zod";
import { Day, Period } from "./day.ts";
import { Commit } from "./evidence.ts";
import { head } from "./head.ts";
import { HttpsUrl, line, prose } from "./text.ts";

/** Something that is run to see whether all is as it should be. */
export const Check = z.strictObject({
  ...head,
  statement: prose(1_000),
  command: line(500).optional(),
  /** When it is run: by the calendar, and at what occasions. */
  cadence: z.strictObject({
    every: Period.optional(),
    upon: z.array(line(160)).max(20).default([]),
    words: line(160).optional(),
  }),
  /** Advice to whoever keeps the repository is no statement that it is done. */
  standing: z.enum(["done", "recommended"]).default("done"),
  /** Its failure stops a release. */
  gate: z.boolean().default(false),
  /** `null`: no run was recorded. */
  lastRun: z
    .strictObject({
      on: Day,
      result: z.enum(["passed", "failed"]),
      commit: Commit.optional(),
      url: HttpsUrl.optional(),
    })
    .nullable()
    .default(null),
});
export type Check = z.infer<typeof Check>;
