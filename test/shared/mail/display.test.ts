import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanFileName, cleanLine } from "#shared/mail/display.ts";

describe("cleanFileName", () => {
  it.each([
    ["../../etc/passwd", "passwd"],
    ["C:\\Users\\me\\poc.py", "poc.py"],
    ["poc\u202egpj.exe", "pocgpj.exe"],
    ["a\r\nb\0.txt", "a b .txt"],
    ["..", ""],
    [".htaccess", "htaccess"],
    ['a<b>"c|d?.txt', "a_b__c_d_.txt"],
    ["dir/", "dir"],
    ["Grüße 日本.pdf", "Grüße 日本.pdf"],
  ])("shows %j as %j", (name, shown) => {
    expect(cleanFileName(name)).toBe(shown);
  });

  it("keeps the extension of a name that is too long", () => {
    const name = cleanFileName(`${"a".repeat(400)}.tar`);
    expect([name.length, name.endsWith(".tar")]).toEqual([255, true]);
  });

  it("never holds a path, control or direction character, whatever the name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (name) => {
        const clean = cleanFileName(name);
        expect(clean).not.toMatch(/[\p{Cc}/\\\u202a-\u202e\u2066-\u2069]/u);
        expect(clean.length).toBeLessThanOrEqual(255);
        expect(clean.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe("cleanLine", () => {
  it("is one line, without what reorders its surroundings, cut between characters", () => {
    expect(cleanLine("a\r\n\tb\u2067c\u2069", 100)).toBe("a bc");
    expect(cleanLine("ab😀", 3)).toBe("ab");
  });

  it("keeps the marks that Hebrew and Arabic text needs", () => {
    expect(cleanLine("א\u200fב", 10)).toBe("א\u200fב");
  });
});
