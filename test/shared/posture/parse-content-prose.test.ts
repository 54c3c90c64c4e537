import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noContent } from "#shared/posture/content.ts";
import { parseContentProse } from "#shared/posture/parse-content-prose.ts";
import { type Block, type Inline, treeOf } from "#shared/posture/prose-tree.ts";
import { Tool } from "#shared/posture/tool.ts";

const contentWith = (statement: string) => ({
  ...noContent,
  tools: { one: { ...Tool.parse({ id: "one", title: "One", statement: "x" }), statement, revision: 1 } },
});
const treesOf = (statement: string) => parseContentProse(contentWith(statement));
const treeFor = (statement: string) => treeOf(statement, treesOf(statement));

describe("prose of a release", () => {
  it("has a tree only where it is more than one plain paragraph", () => {
    for (const plain of ["One sentence.", "A sentence; with (marks) 50 % and a 'quote'.", "5 & 6"])
      expect(Object.keys(treesOf(plain))).toEqual([]);
    expect(treeFor("One sentence.")).toEqual([["p", ["One sentence."]]]);
  });

  it("keeps emphasis, code, links, lists, quotes and tables", () => {
    expect(treeFor("**a** *b* ~~c~~ `d` [e](https://x.example/)")).toEqual([
      [
        "p",
        [
          ["strong", ["a"]],
          " ",
          ["em", ["b"]],
          " ",
          ["del", ["c"]],
          " ",
          ["code", "d"],
          " ",
          ["a", "https://x.example/", ["e"]],
        ],
      ],
    ]);
    expect(treeFor("- a\n- b\n\n3. c\n\n> d\n\n---\n\n    e")).toEqual([
      ["ul", [[["p", ["a"]]], [["p", ["b"]]]]],
      ["ol", 3, [[["p", ["c"]]]]],
      ["quote", [["p", ["d"]]]],
      ["hr"],
      ["pre", "e"],
    ]);
    expect(treeFor("| a | b |\n| - | - |\n| c | d |")).toEqual([["table", [["a"], ["b"]], [[["c"], ["d"]]]]]);
  });

  it("finds trees by text alone, whatever the text is called", () => {
    expect(treeOf("constructor", {})).toEqual([["p", ["constructor"]]]);
    expect(treeFor("__proto__")).toEqual([["p", [["strong", ["proto"]]]]]);
  });

  it("makes nothing of HTML but its words, whatever is written", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."ab <>[]()*_`!#|-\n\\&;:/\"'=".split("")), maxLength: 60 }),
        (text) => {
          for (const block of treeFor(text)) expectKnown(block);
        },
      ),
    );
  });
});

const blocks = ["p", "h", "pre", "quote", "ul", "ol", "table", "hr"];
const inlines = ["em", "strong", "del", "code", "a", "br"];

function expectKnown(node: Block | Inline): void {
  if (typeof node === "string") return;
  expect([...blocks, ...inlines]).toContain(node[0]);
  const within = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    if (typeof value[0] === "string" && [...blocks, ...inlines].includes(value[0]))
      expectKnown(value as unknown as Block);
    else value.forEach(within);
  };
  node.slice(1).forEach(within);
}
