/**
 * Prose as pages need it: parsed when a release is made, so that what serves a page has no Markdown to read. A tree holds nothing
 * that could run: there is no node for HTML, and links were checked when the text was saved.
 */
export type Inline =
  | string
  | readonly ["em" | "strong" | "del", readonly Inline[]]
  | readonly ["code", string]
  | readonly ["a", string, readonly Inline[]]
  | readonly ["br"];

export type Block =
  | readonly ["p" | "h", readonly Inline[]]
  | readonly ["pre", string]
  | readonly ["quote", readonly Block[]]
  | readonly ["ul", readonly (readonly Block[])[]]
  /** With the number that it begins at. */
  | readonly ["ol", number, readonly (readonly Block[])[]]
  /** Head, then rows, of cells. */
  | readonly ["table", readonly (readonly Inline[])[], readonly (readonly (readonly Inline[])[])[]]
  | readonly ["hr"];

/** Trees by the text they are of. A text that is not there is one paragraph without any mark. */
export type ProseTrees = Readonly<Record<string, readonly Block[]>>;

/** The tree of a text. */
export function treeOf(text: string, trees: ProseTrees): readonly Block[] {
  return (Object.hasOwn(trees, text) ? trees[text] : undefined) ?? [["p", [text]]];
}
