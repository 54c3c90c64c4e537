import * as z from "zod";
import { head, ItemId } from "./head.ts";
import { line, prose } from "./text.ts";

/** The policy of one component. Policies make a tree; the topmost have no parent. */
export const PolicyNode = z.strictObject({
  ...head,
  component: line(120),
  parent: ItemId.nullable().default(null),
  statement: prose(4_000),
  topics: z.array(line(120)).max(40).default([]),
});
export type PolicyNode = z.infer<typeof PolicyNode>;
