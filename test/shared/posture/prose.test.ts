import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseProse } from "#shared/posture/prose.ts";
import { HttpsUrl, line, prose, SourcePath } from "#shared/posture/text.ts";

const accepts = (text: string) => prose().safeParse(text).success;
const reason = (text: string) => prose().safeParse(text).error?.issues[0]?.message ?? "accepted";

describe("prose", () => {
  it("takes paragraphs, lists, code, tables and links", () => {
    const text = [
      "The agent makes an *Ed25519* key; only the **CSR** leaves, `/proc/<pid>/mem` stays closed.",
      "- first\n- second\n  - inner",
      "| a | b |\n| - | - |\n| 1 | ~~2~~ |",
      "> said [here](https://example.org/a?b=c#d), [there](/claims/x), <https://example.org> or [by mail](mailto:a@b.example)",
      "```sh\n<script>alert(1)</script>\n```",
      "a rule: 3 < 4 & 5",
    ].join("\n\n");
    expect(reason(text)).toBe("accepted");
  });

  it.each([
    ["<script>alert(1)</script>", "HTML"],
    ["a <b>bold</b> word", "HTML"],
    ["a <!-- comment -->", "HTML"],
    ["<iframe src=https://example.org>", "HTML"],
    ["[x](javascript:alert(1))", "links"],
    ["[x](JaVaScRiPt:alert(1))", "links"],
    ["[x](&#106;avascript:alert(1))", "links"],
    ["[x](java\\\nscript:alert(1))", "accepted"],
    ["[x](data:text/html;base64,aaaa)", "links"],
    ["[x](vbscript:x)", "links"],
    ["[x](//evil.example/)", "links"],
    ["[x](/\\evil.example/)", "links"],
    ["[x](relative/path)", "links"],
    ["<javascript:alert(1)>", "links"],
    ["![alt](https://example.org/i.png)", "image"],
    ["[x][ref]\n\n[ref]: javascript:alert(1)", "apart"],
    ["a[^1]\n\n[^1]: note", "footnote"],
    ["a\u202eb", "bidirectional"],
    ["a\u2066b\u2069", "bidirectional"],
    ["a\u200bb", "invisible"],
    ["a\u0000b", "control"],
    ["a\u001b[31mb", "control"],
    ["a\r\nb", "control"],
    ["\ud800", "control"],
    ["\u{e0041}", "invisible"],
    ["  \n ", "empty"],
    ["", "empty"],
  ])("meets %j with: %s", (text, part) => {
    expect(reason(text)).toContain(part);
  });

  it("keeps joiners of scripts and emoji", () => {
    expect(accepts("نمی\u200cخواهم 👩\u200d🔧")).toBe(true);
  });

  it("reads what would keep a parser busy within its bounds", () => {
    const hard = [
      `${"- ".repeat(1999)}a`,
      `${">".repeat(3999)}a`,
      "*_".repeat(2000),
      "[".repeat(4000),
      `${"1. ".repeat(1300)}a`,
    ];
    for (const text of hard) {
      const start = performance.now();
      expect(accepts(text)).toBe(false);
      expect(performance.now() - start).toBeLessThan(100);
    }
  });

  it("leaves no HTML and no foreign scheme in the tree of whatever it takes", () => {
    const pieces = fc.constantFrom(
      "<",
      ">",
      "[",
      "](",
      ")",
      "!",
      "javascript:",
      "https://a.example",
      "`",
      "*",
      "\n",
      "\n\n",
      "a",
      " ",
      "]: ",
      "&lt;",
      "\\",
      "- ",
      "^",
      "<a>",
    );
    void fc.assert(
      fc.property(fc.array(pieces, { maxLength: 24 }), (parts) => {
        const text = parts.join("");
        if (!accepts(text)) return;
        const tree = JSON.stringify(parseProse(text));
        expect(tree).not.toMatch(/"type":"(?:html|image|definition|footnote)/);
        expect(tree).not.toMatch(/"url":"javascript:/i);
      }),
      { numRuns: 400 },
    );
  });
});

describe("lines, links and paths", () => {
  it("are plain", () => {
    expect(line().safeParse("a plain line").success).toBe(true);
    for (const bad of ["", " a", "a\nb", "a\u202eb", "x".repeat(161)])
      expect(line().safeParse(bad).success).toBe(false);
  });

  it("open without surprise", () => {
    expect(HttpsUrl.safeParse("https://example.org/a/b?c#d").success).toBe(true);
    for (const bad of [
      "http://example.org/",
      "javascript:alert(1)",
      "https://user:secret@example.org/",
      "https://",
      "//example.org",
      "https://example.org/\u202e",
      'https://example.org/"x',
    ])
      expect(HttpsUrl.safeParse(bad).success, bad).toBe(false);
  });

  it("stay within the tree", () => {
    expect(SourcePath.safeParse("server/app/{a,b}.rb").success).toBe(true);
    for (const bad of ["/etc/passwd", "../x", "a/../../b", "a\\b"])
      expect(SourcePath.safeParse(bad).success).toBe(false);
  });
});
