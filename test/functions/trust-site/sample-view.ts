import type { View } from "#functions/trust-site/view.ts";
import { languages } from "#functions/trust-site/words/languages.ts";
import type { Content } from "#shared/posture/content.ts";
import { Day } from "#shared/posture/day.ts";
import { parseContentProse } from "#shared/posture/parse-content-prose.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import { contentOf, sample } from "./sample-posture.ts";

/** A view as the door makes it, of a content that was never published. */
export function viewOf(content: Content = contentOf(sample), given: { day?: string; language?: string } = {}): View {
  const chosen = languages.find(({ code }) => code === (given.language ?? "en")) ?? languages[0];
  return {
    organisation: {
      slug: TenantId.parse("kestrel"),
      name: "Kestrel Works",
      about: "Kestrel Works makes flight recorders.",
      contacts: ["security@kestrel.example"],
      timeZone: "Europe/Berlin",
    },
    content,
    prose: parseContentProse(content),
    release: { release: 7, body: `sha256:${"9f2c".repeat(16)}`, publishedAt: "2026-11-20T09:00:00.000Z", index: 1482 },
    historic: false,
    day: Day.parse(given.day ?? "2026-11-20"),
    words: chosen.words,
    language: chosen.code,
    origin: "https://kestrel.candor.example",
    reportAddress: "security@kestrel.candor.example",
    to: (path) => path,
  };
}
