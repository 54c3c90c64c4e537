import * as z from "zod";
import { head } from "./head.ts";
import { line, prose } from "./text.ts";

/** Something that contributors are offered to keep the product secure while they build it. */
export const Tool = z.strictObject({ ...head, command: line(300).optional(), statement: prose(1_000) });
export type Tool = z.infer<typeof Tool>;
