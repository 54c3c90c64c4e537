import * as z from "zod";
import { Day } from "./day.ts";
import { head } from "./head.ts";
import { HttpsUrl, prose } from "./text.ts";

/** Thanks to somebody who reported, under the name that was wished for (`title`). */
export const Credit = z.strictObject({
  ...head,
  url: HttpsUrl.optional(),
  on: Day.optional(),
  statement: prose(600).optional(),
});
export type Credit = z.infer<typeof Credit>;
