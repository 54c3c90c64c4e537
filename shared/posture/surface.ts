import * as z from "zod";
import { head, ItemId } from "./head.ts";
import { line, prose } from "./text.ts";

/** One thing that is done against a risk, with the names that an operator meets. */
const Mitigation = z.strictObject({
  id: ItemId,
  statement: prose(800),
  /** Settings, and the value that is meant where one is. */
  switches: z
    .array(z.strictObject({ name: line(120), value: line(120).optional(), effect: line(300).optional() }))
    .max(20)
    .default([]),
  headers: z.array(line(120)).max(20).default([]),
  /** What a client gets: the HTTP status and when. */
  answers: z
    .array(z.strictObject({ status: z.int().min(100).max(599), when: line(200) }))
    .max(20)
    .default([]),
  /** Names under which it is logged. */
  logs: z.array(line(160)).max(20).default([]),
  /** The claim that says more. */
  claim: ItemId.optional(),
});

/** A row of the table of attack surfaces. */
export const Surface = z.strictObject({
  ...head,
  threatModel: ItemId.optional(),
  /** Addresses, ports, files: where it can be touched. */
  endpoints: z.array(line(200)).max(20).default([]),
  /** What is exposed there. */
  exposure: prose(1_000).optional(),
  /** What could go wrong. */
  risk: prose(1_000).optional(),
  mitigations: z.array(Mitigation).max(40).default([]),
});
export type Surface = z.infer<typeof Surface>;
