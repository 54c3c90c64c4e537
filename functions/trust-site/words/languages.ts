import { de } from "./de.ts";
import { en } from "./en.ts";
import { fr } from "./fr.ts";
import type { Words } from "./words.ts";

/** The languages that the frame speaks. What a tenant wrote is shown in the reader's language as far as it was translated. */
export const languages = [
  { code: "en", name: "English", words: en },
  { code: "de", name: "Deutsch", words: de },
  { code: "fr", name: "Fran\u00e7ais", words: fr },
] as const satisfies readonly { readonly code: string; readonly name: string; readonly words: Words }[];

export type LanguageCode = (typeof languages)[number]["code"];
