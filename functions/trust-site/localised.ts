import type { Content } from "#shared/posture/content.ts";
import { kindNames } from "#shared/posture/kind-names.ts";
import type { ReleaseBody } from "#shared/posture/release-body.ts";
import { inLanguage } from "#shared/posture/translation.ts";

const made = new WeakMap<ReleaseBody, Map<string, Content>>();

/** The content of a release in a language, as far as it was translated. */
export function localised(body: ReleaseBody, language: string): Content {
  let languages = made.get(body);
  if (!languages) {
    languages = new Map();
    made.set(body, languages);
  }
  let content = languages.get(language);
  if (!content) {
    content = Object.fromEntries(
      kindNames.map((kind) => [
        kind,
        Object.fromEntries(Object.entries(body.content[kind]).map(([id, item]) => [id, inLanguage(item, language)])),
      ]),
    ) as Content;
    languages.set(language, content);
  }
  return content;
}
