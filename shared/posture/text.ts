/** Texts that a tenant writes: one plain line, or prose in a safe subset of Markdown. */
import * as z from "zod";
import { proseFault } from "./prose.ts";

/**
 * What no text may hold: control characters, halves of surrogate pairs, what reverses or hides the order of reading (bidi controls,
 * zero-width space, tag characters), and noncharacters. Joiners stay: scripts and emoji need them.
 */
const hidden =
  /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;
const hiddenButLayout = (text: string): string => text.replaceAll(/[\n\t]/g, "");

const hiddenCharacter = "holds a control, bidirectional or invisible character: leave it out";

/** Plain text in one line, shown as it stands. @param most characters (UTF-16 code units) */
export const line = (most = 160) =>
  z
    .string()
    .min(1, "must not be empty")
    .max(most, `has at most ${String(most)} characters`)
    .refine((text) => text.trim() === text, "begins or ends with white space: leave it out")
    .refine((text) => !hidden.test(text), hiddenCharacter);

/** Markdown of the safe subset (see prose.ts). @param most characters (UTF-16 code units) */
export const prose = (most = 4_000) =>
  z
    .string()
    .max(most, `has at most ${String(most)} characters`)
    .superRefine((text, context) => {
      const fault = text.length > most ? undefined : faultOf(text);
      if (fault) context.addIssue({ code: "custom", message: fault });
    });

function faultOf(text: string): string | undefined {
  if (text.trim() === "") return "must not be empty";
  if (hidden.test(hiddenButLayout(text))) return hiddenCharacter;
  return proseFault(text);
}

/** A link target that opens without surprise: https with a host, no user or password in it. */
export const HttpsUrl = z
  .url({ protocol: /^https$/, hostname: z.regexes.domain, error: "must be an https URL with a host name" })
  .max(500)
  .refine((url) => !hidden.test(url) && !/[\s<>"`\\]/.test(url), "holds a character that no URL has")
  .refine((url) => !/^https:\/\/[^/?#]*@/.test(url), "must not hold a user or password");

/** A path within a source tree: relative, with forward slashes, and not out of the tree. */
export const SourcePath = line(300).refine(
  (path) => !path.startsWith("/") && !path.includes("\\") && !path.split("/").includes(".."),
  "must be a path within the source tree: relative, with forward slashes, without ..",
);
