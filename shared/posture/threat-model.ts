import * as z from "zod";
import { Fact, head, ItemId } from "./head.ts";
import { HttpsUrl, line, prose, SourcePath } from "./text.ts";

/** Something worth attacking, and how it is kept. */
const ProtectedAsset = z.strictObject({
  id: ItemId,
  title: line(160),
  statement: prose(1_000),
  facts: z.array(Fact).max(20).default([]),
});

const Note = z.strictObject({ id: ItemId, title: line(160), statement: prose(1_500) });

/** A threat model apart from its table of surfaces, whose rows are items of their own. */
export const ThreatModel = z.strictObject({
  ...head,
  /** What it sets out to be. */
  statement: prose(2_000),
  /** What is exposed at all. */
  exposes: z.array(prose(300)).max(20).default([]),
  assets: z.array(ProtectedAsset).max(60).default([]),
  /** What it leaves out, and who has to think of it. */
  exclusions: z.array(Note).max(40).default([]),
  /** Where it is going. */
  evolution: z.array(Note).max(40).default([]),
  /** Runbooks and the like. */
  links: z
    .array(z.strictObject({ name: line(160), path: SourcePath.optional(), url: HttpsUrl.optional() }))
    .max(40)
    .default([]),
  /** Whether the page it came from is kept up or laid by. */
  state: z.enum(["current", "archived"]).default("current"),
  /** The collection that the page is part of. */
  collection: line(120).optional(),
});
export type ThreatModel = z.infer<typeof ThreatModel>;
