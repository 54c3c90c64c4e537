import { html, raw } from "hono/html";
import { itemsOf } from "#shared/posture/content.ts";
import { parts } from "./parts.ts";
import type { View } from "./view.ts";

/** Every page of the release that is shown (sitemaps.org, protocol 0.9). */
export function sitemap({ content, origin, release }: View): string {
  const paths = [
    ...parts.filter(({ name, exists }) => name !== "search" && exists(content)).map(({ path }) => path),
    ...itemsOf(content, "claims").map(({ id }) => `/claims/${id}`),
    ...itemsOf(content, "policies").map(({ id }) => `/policies/${id}`),
  ];
  return String(html`${raw('<?xml version="1.0" encoding="utf-8"?>')}
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${paths.map(
  (path) => html`<url><loc>${origin}${path}</loc><lastmod>${release.publishedAt}</lastmod></url>
`,
)}</urlset>
`);
}

/** What crawlers are asked (RFC 9309): old states and answers to a search are nothing to be found by. */
export const robots = (origin: string): string =>
  `User-agent: *\nDisallow: /search\nDisallow: /releases/\n\nSitemap: ${origin}/sitemap.xml\n`;
