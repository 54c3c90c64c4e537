import * as z from "zod";
import { Confirmation } from "./confirmation.ts";
import { Day, Period } from "./day.ts";
import { Evidence } from "./evidence.ts";
import { Fact, head, ItemId } from "./head.ts";
import { Label } from "./label.ts";
import { line, prose } from "./text.ts";

/** How long a confirmation holds where a claim says nothing else. */
const usualReview = "P90D";

/** Ids of evidence of the same claim. */
const evidenceIds = z.array(ItemId).max(40).default([]);

/**
 * Something that is conceded. The summary of gaps is made of `summary`, one sentence that stands alone, so that claim and
 * summary can't say different things.
 */
export const Caveat = z.strictObject({
  id: ItemId,
  summary: prose(500),
  detail: prose(2_000).optional(),
  /** What is to become of it. */
  plan: prose(600).optional(),
  evidence: evidenceIds,
});
export type Caveat = z.infer<typeof Caveat>;

/** A part of a claim that may stand at a label of its own. */
const ClaimPart = z.strictObject({
  id: ItemId,
  title: line(160),
  statement: prose(2_000).optional(),
  label: Label.nullable().default(null),
  facts: z.array(Fact).max(40).default([]),
  caveats: z.array(Caveat).max(20).default([]),
  evidence: evidenceIds,
});

/** A statement about the product's security, with what it rests on and when somebody last looked. */
export const Claim = z.strictObject({
  ...head,
  /** The heading it stands under. */
  section: line(80),
  technology: line(160).optional(),
  statement: prose(4_000),
  /** `null`: no label was ever given, or the parts bear labels of their own. */
  label: Label.nullable().default(null),
  parts: z.array(ClaimPart).max(40).default([]),
  facts: z.array(Fact).max(40).default([]),
  /** What a reader could wrongly take from it. */
  doesNotMean: z.array(prose(600)).max(10).default([]),
  caveats: z.array(Caveat).max(20).default([]),
  evidence: z.array(Evidence).max(60).default([]),
  /** `null`: never dated, which is not fresh. */
  confirmation: Confirmation.nullable().default(null),
  reviewEvery: Period.default(usualReview),
  /** How it came to be as it is: "an earlier format was removed". */
  history: z
    .array(z.strictObject({ on: Day.optional(), text: prose(800) }))
    .max(40)
    .default([]),
});
export type Claim = z.infer<typeof Claim>;
