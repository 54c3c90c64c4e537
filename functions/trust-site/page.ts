import type { Html } from "./design/html.ts";
import type { View } from "./view.ts";

/** A page and its twin for machines. `main` is made of `facts`, so the two can't say different things. */
export interface Page {
  readonly title: string;
  /** A sentence for search engines and link previews; without markup. */
  readonly description: string;
  readonly facts: object;
  readonly main: () => Html;
}

/** Makes a page, or says that this tenant has no such part. `names` are the variable parts of its path. */
export type PageOf = (view: View, ...names: readonly string[]) => Page | undefined;
