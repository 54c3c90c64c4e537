/** What a claim rests on, so that readers can look for themselves. */
import * as z from "zod";
import { ItemId } from "./head.ts";
import { HttpsUrl, line, prose, SourcePath } from "./text.ts";

const common = {
  /** Parts and caveats of the same claim refer to it. */
  id: ItemId,
  /** What it proves: of a place in the source, what is to be seen there. */
  proves: prose(600),
  /** Evidence that something is not there: what was looked for, where, and found nothing. */
  absence: z.strictObject({ searchedFor: line(300), within: line(300).optional() }).optional(),
  /** Words that stand there and are expected to. */
  quote: line(500).optional(),
} as const;

/** A commit's full name in git. */
export const Commit = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, "must be the full hash of a commit");

export const Evidence = z.discriminatedUnion("kind", [
  z.strictObject({ ...common, kind: z.literal("source-path"), path: SourcePath, commit: Commit.optional() }),
  z.strictObject({
    ...common,
    kind: z.literal("document"),
    name: line(160),
    path: SourcePath.optional(),
    url: HttpsUrl.optional(),
  }),
  z.strictObject({ ...common, kind: z.literal("url"), url: HttpsUrl }),
  z.strictObject({
    ...common,
    kind: z.literal("attestation"),
    /** The artifact that the attestation is about. */
    artifact: z.string().regex(/^sha256:[0-9a-f]{64}$/, "must be sha256: and 64 hexadecimal digits"),
    predicateType: line(300).optional(),
  }),
  /** A run of one of the tenant's checks. */
  z.strictObject({ ...common, kind: z.literal("check-run"), check: ItemId, url: HttpsUrl.optional() }),
]);
export type Evidence = z.infer<typeof Evidence>;
