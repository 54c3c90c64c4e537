/** That somebody looked, and it was still so. */
import * as z from "zod";
import { Day } from "./day.ts";
import { Commit } from "./evidence.ts";
import { line } from "./text.ts";

const ConfirmationMethod = z.enum([
  /** The places in the source were read or searched. */
  "source-search",
  /** A person went through it. */
  "review",
  /** A test shows it. */
  "test",
  /** An attestation was verified. */
  "attestation",
  /** A machine found that the places in the source are as they were. */
  "automatic",
]);

export const Confirmation = z.strictObject({
  on: Day,
  method: ConfirmationMethod,
  /** Who looked, as the tenant wants it published. */
  by: line(120).optional(),
  /** The state of the source that was looked at. */
  commit: Commit.optional(),
  note: line(300).optional(),
});
export type Confirmation = z.infer<typeof Confirmation>;
