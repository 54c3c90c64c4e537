import * as z from "zod";
import { head } from "./head.ts";
import { line, prose } from "./text.ts";

/** Something that a release of the product has to bring. */
export const ReleaseDuty = z.strictObject({
  ...head,
  statement: prose(1_000),
  /** Whether it is published beside the release or written in its notes. */
  place: z.enum(["release-notes", "release-files"]),
  /** Which releases: "stable releases". */
  appliesTo: line(120).optional(),
  formats: z.array(line(80)).max(10).default([]),
});
export type ReleaseDuty = z.infer<typeof ReleaseDuty>;
