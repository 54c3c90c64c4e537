import * as z from "zod";
import { head, ItemId } from "./head.ts";
import { line, prose } from "./text.ts";

const Token = z.strictObject({
  id: ItemId,
  title: line(120),
  /** An ISO 8601 duration, or that it is good once. */
  lifetime: z.union([
    z.literal("single-use"),
    z.string().regex(/^P(?:[1-9]\d{0,3}[DWMY]|T[1-9]\d{0,4}[HMS])$/, "write a lifetime as PT1H or P30D"),
  ]),
  rotation: prose(400),
  /** What happens to one that comes a second time. */
  replay: prose(400).optional(),
  format: line(160).optional(),
});

/** The tokens that a product gives out. */
export const TokenTable = z.strictObject({
  ...head,
  statement: prose(1_000).optional(),
  tokens: z.array(Token).min(1).max(40),
});
export type TokenTable = z.infer<typeof TokenTable>;
