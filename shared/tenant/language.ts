import * as z from "zod";

/** A language tag (BCP 47, RFC 5646), in its canonical form: `de`, `pt-BR`. Other spellings of one language are refused, so that one is one. */
export const LanguageTag = z
  .string()
  .max(35)
  .refine((tag) => canonical(tag) === tag, "write a language tag of BCP 47 in its canonical form, such as de or pt-BR");
export type LanguageTag = z.infer<typeof LanguageTag>;

function canonical(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}
