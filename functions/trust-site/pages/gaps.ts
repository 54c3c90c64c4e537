import { html } from "hono/html";
import { gapsOf } from "#shared/posture/gaps.ts";
import { lede } from "../design/lede.ts";
import type { Page } from "../page.ts";
import { gapEntry } from "../sections/gap-entry.ts";
import type { View } from "../view.ts";

/** All that is conceded, derived from the claims, the risks and what the tenant says of itself. */
export function gapsPage(view: View): Page {
  const { organisation, content, words, release } = view;
  const gaps = gapsOf(content);
  const sentence = words.gapsLede(gaps.length);
  return {
    title: `${words.gapsTitle} - ${organisation.name}`,
    description: sentence,
    facts: { release, gaps },
    main: () =>
      html`<h1>${words.gapsTitle}</h1>${lede([sentence])}<div>${gaps.map((gap) => gapEntry(gap, view))}</div>`,
  };
}
