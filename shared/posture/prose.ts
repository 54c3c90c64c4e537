/**
 * The Markdown that prose is written in: CommonMark with GitHub's tables and strike-through, without HTML, images and footnotes,
 * and with links to https, mailto and the trust center's own pages. What is refused here need not be escaped anywhere else.
 */
import type { Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";

/** Lists and quotes in one another. Deeper nesting says nothing to a reader and costs the parser time that grows with its square. */
const deepest = 6;
/** Marks of emphasis, and opening brackets, for the same reason. */
const mostMarks = 400;

const allowed: ReadonlySet<Nodes["type"]> = new Set([
  "root",
  "paragraph",
  "heading",
  "text",
  "emphasis",
  "strong",
  "delete",
  "inlineCode",
  "code",
  "break",
  "blockquote",
  "list",
  "listItem",
  "link",
  "table",
  "tableRow",
  "tableCell",
  "thematicBreak",
]);

const reasons: Partial<Record<Nodes["type"], string>> = {
  html: "holds HTML: write Markdown, and put what is meant as code between backticks",
  image: "holds an image: prose is text alone",
  definition: "defines a link apart from its text: write [text](https://...)",
  footnoteDefinition: "holds a footnote: say it in the text",
};

/** The tree of a prose text, for whoever renders it. */
export function parseProse(text: string): Root {
  return fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

/** Why a text is not prose; `undefined` when it is. Quotes nothing of it. */
export function proseFault(text: string): string | undefined {
  if (nested.test(text)) return `nests lists or quotes more than ${String(deepest)} deep`;
  if (text.split(/[*_~[]/).length > mostMarks) return `holds more than ${String(mostMarks)} marks of emphasis or links`;
  // HTML, links, images and footnotes all begin with one of these, so most texts need no parser.
  if (!/[<[]/.test(text)) return undefined;
  return faultWithin(parseProse(text));
}

/** A line that opens too many containers at once. A rule of dashes or stars has no space after its marks, or no letter at all. */
const nested = /^(?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))){7}/m;

function faultWithin(root: Root): string | undefined {
  const waiting: { node: Nodes; depth: number }[] = [{ node: root, depth: 0 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, depth } = next;
    if (!allowed.has(node.type)) return reasons[node.type] ?? "holds Markdown that is not understood here";
    if (node.type === "link" && !isSafeTarget(node.url))
      return "links to something else than https, mailto or a page of this trust center";
    if (depth > 4 * deepest) return `nests lists or quotes more than ${String(deepest)} deep`;
    if ("children" in node) for (const child of node.children) waiting.push({ node: child, depth: depth + 1 });
  }
  return undefined;
}

/** `//host` is a link to another host, so a path of our own has one slash. */
const isSafeTarget = (url: string): boolean =>
  /^(?:https?:\/\/[^/\\]|mailto:[^/]|#|\/(?![/\\]))/i.test(url) && !/[\s\p{Cc}<>"`\\]/u.test(url);
