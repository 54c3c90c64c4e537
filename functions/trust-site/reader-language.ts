/** In which language a page is read: what its address asks for, else what the browser prefers, else the first there is. */
import { type LanguageCode, languages } from "./words/languages.ts";

const codes: ReadonlySet<string> = new Set(languages.map(({ code }) => code));
const isOurs = (code: string | undefined): code is LanguageCode => code !== undefined && codes.has(code);

const known = new Map<string, LanguageCode>();
const mostKnown = 500;

export function readerLanguage(asked: string | null, acceptLanguage: string | undefined): LanguageCode {
  if (isOurs(asked ?? undefined)) return asked as LanguageCode;
  if (acceptLanguage === undefined) return "en";
  let language = known.get(acceptLanguage);
  if (language === undefined) {
    language = preferred(acceptLanguage);
    if (known.size < mostKnown) known.set(acceptLanguage, language);
  }
  return language;
}

/** The language of the highest weight that the frame has (RFC 9110 section 12.5.4; lookup of RFC 4647 section 3.4). */
function preferred(acceptLanguage: string): LanguageCode {
  const ranges = acceptLanguage
    .slice(0, 1_000)
    .split(",")
    .map((range) => {
      const [tag = "", ...parameters] = range.trim().toLowerCase().split(";");
      const weight = parameters.map((parameter) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(parameter)?.[1]).find(Boolean);
      return { code: tag.split("-", 1)[0], weight: weight === undefined ? 1 : Number(weight) };
    });
  const best = ranges.filter(({ code, weight }) => weight > 0 && isOurs(code)).sort((a, b) => b.weight - a.weight)[0];
  return isOurs(best?.code) ? best.code : "en";
}
