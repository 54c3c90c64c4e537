import type { Day } from "#shared/posture/day.ts";
import type { ReleaseBody } from "#shared/posture/release-body.ts";
import { localised } from "./localised.ts";
import type { ShownRelease, View } from "./view.ts";
import { type LanguageCode, languages } from "./words/languages.ts";

/** How a reader came to a page. */
export interface Reading {
  readonly language: LanguageCode;
  /** The address itself asks for the language, so that links have to. */
  readonly asked: boolean;
  readonly origin: string;
  readonly reportAddress: string;
}

/** A release as a reader sees it on a day. `historic`: at an address of its own, since another one is shown. */
export function tenantView(
  body: ReleaseBody,
  { release, body: digest, publishedAt, index }: ShownRelease,
  day: Day,
  { language, asked, origin, reportAddress }: Reading,
  historic = false,
): View {
  const base = historic ? `/releases/${String(release)}` : "";
  return {
    organisation: body.organisation,
    content: localised(body, language),
    prose: body.prose,
    release: { release, body: digest, publishedAt, index },
    ...{ historic, day, language, origin, reportAddress },
    words: (languages.find(({ code }) => code === language) ?? languages[0]).words,
    to: (path) => inLanguage(withinRelease(path, base), asked ? language : undefined),
  };
}

/** Pages of an old release lead to its own pages; what is about all releases has no other address. */
function withinRelease(path: string, base: string): string {
  if (base === "" || /^\/(?:releases|search)(?:[/?#]|$)/.test(path)) return path;
  return path === "/" || path.startsWith("/#") ? `${base}/posture${path.slice(1)}` : `${base}${path}`;
}

function inLanguage(path: string, language: string | undefined): string {
  if (language === undefined) return path;
  const [before = "", anchor] = path.split("#", 2);
  return `${before}${before.includes("?") ? "&" : "?"}lang=${language}${anchor === undefined ? "" : `#${anchor}`}`;
}
