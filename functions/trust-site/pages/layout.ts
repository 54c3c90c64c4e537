import { document } from "../design/document.ts";
import type { Html } from "../design/html.ts";
import { en } from "../words/en.ts";

/** A page that stands in the place of a tenant's pages: an error, or that there is nothing yet. */
export const layout = (page: { readonly title: string; readonly name: string; readonly main: Html }): string =>
  document(
    { title: page.title, description: page.title, owner: page.name, words: en, language: "en", unlisted: true },
    page.main,
  );
