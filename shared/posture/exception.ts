import * as z from "zod";
import { Day } from "./day.ts";
import { head } from "./head.ts";
import { line, prose, SourcePath } from "./text.ts";

/** A day and method by which an exception was last looked at, and what was found. */
const Review = z.strictObject({ on: Day, by: line(120).optional(), note: prose(600).optional() });

/** An advisory on a dependency that is tolerated for a while. There is none without the condition that ends it. */
export const Exception = z
  .strictObject({
    ...head,
    /** The advisory's id where it is published: `RUSTSEC-2024-0437`, `CVE-2026-1234`. */
    advisory: line(80).regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]*$/, "must be an advisory's id"),
    package: line(214),
    version: line(80),
    ecosystem: line(40).optional(),
    kind: z.enum(["vulnerable", "unmaintained", "notice"]),
    /** The tool only warns of it, and fails nothing. */
    warningOnly: z.boolean().default(false),
    /** What brings it in; empty for a direct dependency. */
    broughtInBy: z.array(line(160)).max(20).default([]),
    /** Why there is nothing to upgrade to. */
    whyNoUpgrade: prose(1_000).optional(),
    /** Why what is affected is not reached. */
    whyUnreachable: prose(1_000).optional(),
    removalCondition: prose(600),
    review: z.strictObject({
      /** `null`: no day was set. */
      on: Day.nullable().default(null),
      /** What else brings a review: "each upgrade of Pingora". */
      upon: z.array(line(160)).max(10).default([]),
      /** A gate fails once the day is past and the exception is still there. */
      enforced: z.boolean().default(false),
    }),
    /** The tool and the file that record it, and what that tool can't say. */
    tracking: z.strictObject({ tool: line(80), file: SourcePath, note: prose(600).optional() }),
    reviews: z.array(Review).max(50).default([]),
  })
  .refine(({ kind, whyNoUpgrade }) => kind !== "vulnerable" || whyNoUpgrade !== undefined, {
    path: ["whyNoUpgrade"],
    message: "an exception for a vulnerability says why there is no compatible upgrade",
  })
  .refine(({ kind, whyUnreachable }) => kind !== "vulnerable" || whyUnreachable !== undefined, {
    path: ["whyUnreachable"],
    message: "an exception for a vulnerability says why what is affected is not reached",
  })
  .refine(({ review }) => !review.enforced || review.on !== null, {
    path: ["review", "on"],
    message: "a review that a gate enforces has a day",
  });
export type Exception = z.infer<typeof Exception>;
