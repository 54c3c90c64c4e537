import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readClaimPattern } from "#shared/identity/claim-pattern.ts";

const reads = (pattern: string) => readClaimPattern(pattern);

describe("a pattern over a claim", () => {
  it.each([
    ["^repo:acme/app:ref:refs/heads/main$", "repo:acme/app:ref:refs/heads/main", true],
    ["^repo:acme/app:ref:refs/heads/main$", "repo:acme/app:ref:refs/heads/main2", false],
    ["^repo:acme/app:ref:refs/heads/main$", "xrepo:acme/app:ref:refs/heads/main", false],
    ["^repo:acme/[^/]+:ref:refs/tags/v.+$", "repo:acme/app:ref:refs/tags/v1.2", true],
    ["^repo:acme/[^/]+:ref:refs/tags/v.+$", "repo:acme/app:ref:refs/tags/v", false],
    ["^repo:acme/[^/]+:ref$", "repo:acme/a/b:ref", false],
    ["^v[0-9]+\\.[0-9]+$", "v1.20", true],
    ["^v[0-9]+\\.[0-9]+$", "v1x20", false],
    ["^a[^/]*$", "a", true],
    ["^a.*b$", "ab", true],
    ["^a.*b$", "a\nb", true],
    ["^a\\$$", "a$", true],
    ["^cost\\\\$", "cost\\", true],
  ])("%s on %j: %s", (pattern, text, expected) => expect(reads(pattern).matches(text)).toBe(expected));

  it.each(["repo:acme/.*$", "^repo:acme/.*", "acme", "", "^", "^acme\\$"])(
    "is anchored at both ends: not %j",
    (pattern) => expect(() => reads(pattern)).toThrow(/begins with \^ and ends with \$/),
  );

  it.each(["^$", "^.*$", "^.+acme$", "^[^/]+/app$", "^[0-9]+$"])("does not begin with a wildcard: not %j", (pattern) =>
    expect(() => reads(pattern)).toThrow(/begins with text/),
  );

  it.each([
    "^a(b|c)$",
    "^a|b$",
    "^ab?$",
    "^a{2}$",
    "^[a-z]+$",
    "^a.b$",
    "^a+$",
    "^a\\d$",
    "^a(?=b)$",
    "^a^b$",
    "^a$b$",
  ])("says nothing else of regular expressions: not %j", (pattern) =>
    expect(() => reads(pattern)).toThrow(/only .* are understood/),
  );

  it("means what the regular expression of the same text means", () => {
    const part = fc.constantFrom("a", "b", "/", "7", "ab", "[^/]+", "[^/]*", "[0-9]+", ".+", ".*", "\\.");
    const letters = fc.array(fc.constantFrom("a", "b", "/", "7", "."), { maxLength: 10 }).map((all) => all.join(""));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), letters, (parts, text) => {
        const pattern = `^a${parts.join("")}$`;
        expect(reads(pattern).matches(text)).toBe(new RegExp(pattern, "s").test(text));
        expect(reads(pattern).matches(`a${text}`)).toBe(new RegExp(pattern, "s").test(`a${text}`));
      }),
      { numRuns: 3_000 },
    );
  });

  it("takes no longer for a text that a regular expression engine would try in every way", () => {
    const pattern = reads(`^a${".*a".repeat(30)}$`);
    const began = performance.now();
    expect(pattern.matches(`${"a".repeat(4_000)}b`)).toBe(false);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it("says how every match begins", () => {
    expect(reads("^repo:acme/[^/]+$").beginning).toBe("repo:acme/");
    expect(reads("^repo\\:acme\\/.+$").beginning).toBe("repo:acme/");
  });
});
