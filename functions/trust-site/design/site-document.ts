import { html } from "hono/html";
import type { Page } from "../page.ts";
import type { View } from "../view.ts";
import { barOf, document, footOf } from "./document.ts";

/** How a tenant's pages look beside what they say. */
export interface Appearance {
  readonly accent?: string | undefined;
  /** Path of the logo. */
  readonly logo?: string | undefined;
}

/** A page of a tenant's site as a whole document. `path`: where it stands, without language; `twin`: its facts as JSON. */
export function siteDocument(
  { title, description, main }: Page,
  view: View,
  {
    path,
    twin,
    unlisted = false,
  }: { readonly path: string; readonly twin?: string | undefined; readonly unlisted?: boolean },
  { accent, logo }: Appearance,
): string {
  const { organisation, words, language, origin, release, reportAddress } = view;
  const frame = {
    ...{ title, words, language, accent, logo, unlisted },
    description: description.slice(0, 300),
    owner: organisation.name,
    place: {
      ...{ path, origin, twin },
      linkedData: {
        "@context": "https://schema.org",
        "@type": "WebPage",
        name: title,
        url: `${origin}${path}`,
        inLanguage: language,
        dateModified: release.publishedAt,
        about: {
          "@type": "Organization",
          name: organisation.name,
          description: organisation.about,
          contactPoint: { "@type": "ContactPoint", contactType: "security", email: reportAddress },
        },
      },
      bar: barOf(view, path, logo),
      foot: footOf(view, path, twin),
    },
  };
  const notice = view.historic
    ? html`<p class="above">${words.historic(release.release)} <a href="/">${words.currentRelease}</a></p>`
    : "";
  return document(frame, html`${notice}${main()}`);
}
