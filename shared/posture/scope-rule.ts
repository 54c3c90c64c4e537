import * as z from "zod";
import { head } from "./head.ts";
import { HttpsUrl, line, prose, SourcePath } from "./text.ts";

/** What a rule is about, where it is about a thing. */
const Asset = z.strictObject({
  name: line(160),
  kind: z.enum([
    "binary",
    "service",
    "module",
    "chart",
    "web-application",
    "library",
    "database",
    "api",
    "interface",
    "pipeline",
    "other",
  ]),
  path: SourcePath.optional(),
});

/** Where a finding goes that is not for this tenant. Shown as a link where there is a URL. */
const Redirect = z.strictObject({ name: line(120), url: HttpsUrl.optional() });

/**
 * What reports may be about, and what not. Two more rules follow from labels and are never written down: what is labelled
 * Partial is out, and a bypass of anything Enforced is in (see derived-scope.ts).
 */
export const ScopeRule = z
  .strictObject({
    ...head,
    direction: z.enum(["in", "out"]),
    asset: Asset.optional(),
    statement: prose(1_000).optional(),
    /** Named parts: "TPM disk encryption", "SDWAN". */
    topics: z.array(line(120)).max(40).default([]),
    reason: prose(1_000).optional(),
    examples: z.array(prose(300)).max(20).default([]),
    redirects: z.array(Redirect).max(40).default([]),
  })
  .refine(({ direction, reason }) => direction === "in" || reason !== undefined, {
    path: ["reason"],
    message: "a rule that puts something out of scope says why",
  });
export type ScopeRule = z.infer<typeof ScopeRule>;
