import * as z from "zod";
import { Fact, head } from "./head.ts";
import { line, prose } from "./text.ts";

/** A document of the tenant's that the posture came from or leans on: the policy itself, a release gate, a registry. */
export const PolicyDocument = z.strictObject({
  ...head,
  role: z.enum(["policy", "threat-model", "release-gate", "review-rules", "compliance-registry", "runbook", "other"]),
  statement: prose(2_000).optional(),
  /** What makes it apply: "publishing an artefact". */
  triggers: z.array(line(160)).max(20).default([]),
  /** The file it is kept in. */
  file: z
    .strictObject({
      lines: z.int().min(0).optional(),
      linesOfCode: z.int().min(0).optional(),
      size: line(40).optional(),
      history: z.union([z.url({ protocol: /^https$/ }), line(300)]).optional(),
    })
    .optional(),
  facts: z.array(Fact).max(20).default([]),
  state: z.enum(["current", "archived"]).default("current"),
  collection: line(120).optional(),
});
export type PolicyDocument = z.infer<typeof PolicyDocument>;
