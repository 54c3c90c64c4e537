/** What changed, for readers of feeds: an entry for each release (RFC 4287; JSON Feed 1.1). */
import { html, raw } from "hono/html";
import type { PublicRelease } from "#shared/release/public-release.ts";
import type { View } from "./view.ts";

interface Entry {
  readonly id: string;
  readonly title: string;
  readonly at: string;
  readonly text: string;
}

function entriesOf(releases: readonly PublicRelease[], { origin, words }: View): readonly Entry[] {
  return releases.map(({ release, publishedAt, note, withdrawn, body }) => ({
    id: `${origin}/releases/${String(release)}`,
    title: words.release(release),
    at: withdrawn?.at ?? publishedAt,
    text: withdrawn ? `${words.withdrawnTitle(release)}. ${withdrawn.reason}` : (note ?? `${words.bodyDigest} ${body}`),
  }));
}

export function atomFeed(releases: readonly PublicRelease[], view: View): string {
  const { origin, organisation, words, language } = view;
  const entries = entriesOf(releases, view);
  return String(html`${raw('<?xml version="1.0" encoding="utf-8"?>')}
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${language}">
<id>${origin}/</id>
<title>${words.changedOn(organisation.name)}</title>
<updated>${entries[0]?.at ?? view.release.publishedAt}</updated>
<author><name>${organisation.name}</name></author>
<link rel="self" type="application/atom+xml" href="${origin}/feed.atom"/>
<link rel="alternate" type="text/html" href="${origin}/"/>
${entries.map(
  ({
    id,
    title,
    at,
    text,
  }) => html`<entry><id>${id}</id><title>${title}</title><updated>${at}</updated><link rel="alternate" type="text/html" href="${id}"/><content type="text">${text}</content></entry>
`,
)}</feed>
`);
}

export function jsonFeed(releases: readonly PublicRelease[], view: View): string {
  const { origin, organisation, words, language } = view;
  return JSON.stringify({
    version: "https://jsonfeed.org/version/1.1",
    title: words.changedOn(organisation.name),
    home_page_url: `${origin}/`,
    feed_url: `${origin}/feed.json`,
    language,
    authors: [{ name: organisation.name }],
    items: entriesOf(releases, view).map(({ id, title, at, text }) => ({
      ...{ id, title },
      url: id,
      content_text: text,
      date_published: at,
    })),
  });
}
