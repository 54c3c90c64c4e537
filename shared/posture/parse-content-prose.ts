/** Makes the trees of all prose in a posture. For what publishes: a Markdown parser comes with it. */
import type { BlockContent, DefinitionContent, PhrasingContent, RootContent } from "mdast";
import type { Content } from "./content.ts";
import { parseProse } from "./prose.ts";
import type { Block, Inline, ProseTrees } from "./prose-tree.ts";

/** What Markdown could mean something by. Most texts hold none of it, and parsing is what takes time. */
const marked = /[\\`*_[\]<>~|&\n@]|:\/\/|www\.|^\s*(?:[#+=-]|\d+[.)])/;
/** Members that are never prose, and often hold such characters. */
const plain: ReadonlySet<string> = new Set(["id", "path", "url", "file", "command", "commit", "artifact", "quote"]);

/** The trees of the texts that are more than one plain paragraph, translations among them. */
export function parseContentProse(content: Content): ProseTrees {
  const trees = new Map<string, readonly Block[]>();
  const visit = (value: unknown): void => {
    if (typeof value === "string") {
      if (!trees.has(value) && marked.test(value)) trees.set(value, blocksOf(parseProse(value).children));
    } else if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === "object" && value !== null)
      for (const [name, member] of Object.entries(value)) if (!plain.has(name)) visit(member);
  };
  visit(content);
  return Object.fromEntries([...trees].filter(([text, tree]) => !isItself(text, tree)));
}

/** One paragraph that holds the text as it stands. */
function isItself(text: string, [first, ...more]: readonly Block[]): boolean {
  return more.length === 0 && first?.[0] === "p" && first[1].length === 1 && first[1][0] === text;
}

type Node = RootContent | BlockContent | DefinitionContent;

const blocksOf = (nodes: readonly Node[]): Block[] => nodes.flatMap(blockOf);

function blockOf(node: Node): Block[] {
  switch (node.type) {
    case "paragraph":
      return [["p", inlinesOf(node.children)]];
    case "heading":
      return [["h", inlinesOf(node.children)]];
    case "code":
      return [["pre", node.value]];
    case "blockquote":
      return [["quote", blocksOf(node.children)]];
    case "list": {
      const items = node.children.map((item) => blocksOf(item.children));
      return [node.ordered ? ["ol", node.start ?? 1, items] : ["ul", items]];
    }
    case "table": {
      const [head = [], ...rows] = node.children.map((row) => row.children.map((cell) => inlinesOf(cell.children)));
      return [["table", head, rows]];
    }
    case "thematicBreak":
      return [["hr"]];
    default:
      // The rest was refused when the text was saved; what is left of it is its words.
      return "value" in node ? [["p", [node.value]]] : [];
  }
}

const inlinesOf = (nodes: readonly PhrasingContent[]): Inline[] => joined(nodes.flatMap(inlineOf));

function inlineOf(node: PhrasingContent): Inline[] {
  switch (node.type) {
    case "text":
      return [node.value];
    case "emphasis":
      return [["em", inlinesOf(node.children)]];
    case "strong":
      return [["strong", inlinesOf(node.children)]];
    case "delete":
      return [["del", inlinesOf(node.children)]];
    case "inlineCode":
      return [["code", node.value]];
    case "break":
      return [["br"]];
    case "link":
      return [["a", node.url, inlinesOf(node.children)]];
    default:
      return "value" in node ? [node.value] : [];
  }
}

/** Neighbouring texts as one. */
function joined(inlines: readonly Inline[]): Inline[] {
  const result: Inline[] = [];
  for (const inline of inlines) {
    const before = result.at(-1);
    if (typeof inline === "string" && typeof before === "string") result[result.length - 1] = before + inline;
    else result.push(inline);
  }
  return result;
}
