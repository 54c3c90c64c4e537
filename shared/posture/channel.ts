import * as z from "zod";
import { head } from "./head.ts";
import { HttpsUrl, line, prose, SourcePath } from "./text.ts";

/** A way to the tenant, or one that must not be taken. */
export const Channel = z
  .strictObject({
    ...head,
    kind: z.enum(["mail", "form", "private-advisory", "directory", "public-issue", "social-network", "other"]),
    /** A mail address or an account's name. */
    address: line(254).optional(),
    url: HttpsUrl.optional(),
    /** A file that names whom to ask: `CODEOWNERS`. */
    path: SourcePath.optional(),
    status: z.enum([
      "open",
      /** It opens once `condition` is met. */
      "conditional",
      "closed",
      /** Reports must not come this way. */
      "forbidden",
    ]),
    condition: prose(600).optional(),
    statement: prose(1_000).optional(),
  })
  .refine(({ status, condition }) => status !== "conditional" || condition !== undefined, {
    path: ["condition"],
    message: "a channel that is not open yet says what it waits for",
  });
export type Channel = z.infer<typeof Channel>;
