import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAuditToml, formatDenyToml, readCargoIgnores } from "#shared/posture-import/cargo-ignores.ts";
import { importFile, importFormats } from "#shared/posture-import/import-file.ts";
import { formatTrivyIgnore, readTrivyIgnores } from "#shared/posture-import/trivy-ignores.ts";
import { formatTrivyYaml, readTrivyYaml } from "#shared/posture-import/trivy-yaml-ignores.ts";

const advisory = fc.stringMatching(/^(?:RUSTSEC|CVE|GHSA)-[0-9A-Za-z-]{1,12}$/);
const words = fc.stringMatching(/^[A-Za-z0-9`.,:"'éß-]+(?: [A-Za-z0-9`.,:"'#éß-]+){0,5}$/);
const comments = fc.array(words, { maxLength: 2 });
const day = fc.date({ min: new Date("2000-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });
const isoDay = day.map((date) => date.toISOString().slice(0, 10));
const anyText = fc.string({ unit: "binary", minLength: 1, maxLength: 40 }).filter((text) => text.isWellFormed());

const deny = `# Policy for our graph

[licenses]
allow = ["MIT"] # the usual

[advisories]
yanked = "deny"
ignore = [
  # Pingora brings it in. Remove when Pingora has left protobuf 2.
  "RUSTSEC-2024-0437",
  { id = "RUSTSEC-2025-0069", reason = "Nobody maintains it." },
  "left@1.2.3",
]
`;

describe("deny.toml", () => {
  it("gives an exception for each advisory, without what the file does not say", () => {
    const { draft, unplaced } = importFile("deny.toml", deny, "deny.toml");
    expect(draft.exceptions?.map(({ line, item }) => ({ line, ...item }))).toEqual([
      {
        ...{ line: 10, title: "RUSTSEC-2024-0437", advisory: "RUSTSEC-2024-0437", review: {} },
        removalCondition: "Remove when Pingora has left protobuf 2.",
        tracking: { tool: "cargo-deny", file: "deny.toml" },
      },
      {
        ...{ line: 11, title: "RUSTSEC-2025-0069", advisory: "RUSTSEC-2025-0069", review: {} },
        tracking: { tool: "cargo-deny", file: "deny.toml" },
      },
    ]);
    expect(draft.exceptions?.map(({ missing }) => missing.map(({ pointer }) => pointer))).toEqual([
      ["/package", "/version", "/kind"],
      ["/package", "/version", "/kind", "/removalCondition"],
    ]);
    expect(unplaced.map(({ line, text }) => [line, text])).toEqual([
      [1, "Policy for our graph"],
      [3, "licenses"],
      [4, "the usual"],
      [7, "[advisories] yanked"],
      [10, "Pingora brings it in."],
      [11, "Nobody maintains it."],
      [12, "left@1.2.3"],
    ]);
  });

  it("comes back with the entries that were written", () => {
    const entry = fc.oneof(
      fc.record({ id: advisory, comments }),
      fc.record({ id: advisory, reason: anyText, comments }),
      fc.record({ crate: advisory.map((name) => `${name}@1`), reason: anyText, comments }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: JSON.stringify, maxLength: 6 }), (entries) => {
        expect(readCargoIgnores(formatDenyToml(entries))).toEqual(entries);
      }),
    );
  });

  it("loses no entry of a file that somebody else wrote", () => {
    const read = readCargoIgnores(deny);
    expect(read).toHaveLength(3);
    expect(readCargoIgnores(formatDenyToml(read))).toEqual(read);
  });
});

describe("audit.toml", () => {
  it("reads the comments at an entry as its reason", () => {
    const text = '[advisories]\nignore = [\n  "RUSTSEC-2024-0388", # Remove it once derivative is gone.\n]\n';
    const [exception] = importFile("audit.toml", text).draft.exceptions ?? [];
    expect(exception?.item).toMatchObject({
      ...{ removalCondition: "Remove it once derivative is gone.", tracking: { tool: "cargo-audit" } },
    });
    expect(exception?.missing.map(({ pointer }) => pointer)).toContain("/tracking/file");
  });

  it("comes back with the entries that were written", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ id: advisory, comments }), { maxLength: 6 }), (entries) => {
        expect(readCargoIgnores(formatAuditToml(entries))).toEqual(entries);
      }),
    );
  });
});

describe(".trivyignore", () => {
  it("takes the day on which an entry ends as the day of its review", () => {
    const text =
      "# Ours\n\n# Remove when 3.2 is out.\nCVE-2026-1234 exp:2026-12-01 # not called\nCVE-2026-9 exp:soon\n";
    const { draft, unplaced } = importFile(".trivyignore", text);
    expect(draft.exceptions?.map(({ item }) => item)).toMatchObject([
      { advisory: "CVE-2026-1234", review: { on: "2026-12-01" } },
      { advisory: "CVE-2026-9", review: {} },
    ]);
    expect(unplaced.map(({ line, text: said }) => [line, said])).toContainEqual([1, "Ours"]);
    expect(unplaced.map(({ line, text: said }) => [line, said])).toContainEqual([5, "exp:soon"]);
  });

  it("comes back with the entries that were written", () => {
    const entry = fc.oneof(
      fc.record({ id: advisory, comments }),
      fc.record({ id: advisory, expires: isoDay, comments }),
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 6 }), (entries) => {
        expect(readTrivyIgnores(formatTrivyIgnore(entries))).toEqual(entries);
      }),
    );
  });
});

describe(".trivyignore.yaml", () => {
  const text = `vulnerabilities:
  - id: CVE-2026-1
    purls: [pkg:npm/%40scope/name@1.2.3]
    expired_at: 2026-12-01
    statement: The parser is not called. Remove when 1.3 is out.
  - id: CVE-2026-2
secrets:
  - id: generic-key
`;

  it("gives package, version, day and condition, as far as they are said", () => {
    const { draft, unplaced } = importFile(".trivyignore.yaml", text, ".trivyignore.yaml");
    expect(draft.exceptions?.map(({ line, item }) => ({ line, ...item }))).toMatchObject([
      {
        ...{ line: 2, advisory: "CVE-2026-1", package: "@scope/name", version: "1.2.3", ecosystem: "npm" },
        ...{ removalCondition: "Remove when 1.3 is out.", review: { on: "2026-12-01" } },
      },
      { line: 6, advisory: "CVE-2026-2", review: {} },
    ]);
    expect(unplaced.map(({ line, text: said }) => [line, said])).toEqual([
      [2, "The parser is not called."],
      [8, "generic-key"],
    ]);
  });

  it("comes back as it was written", () => {
    const finding = fc.record(
      { id: anyText, paths: fc.array(anyText, { maxLength: 2 }), expired_at: isoDay, statement: anyText },
      { requiredKeys: ["id"] },
    );
    const list = fc.array(finding, { minLength: 1, maxLength: 4 });
    const file = fc.record({ vulnerabilities: list, secrets: list }, { requiredKeys: [] });
    fc.assert(
      fc.property(file, (given) => {
        expect(readTrivyYaml(formatTrivyYaml(given))).toEqual(given);
      }),
    );
  });

  it("refuses a file that multiplies itself", () => {
    const bomb = "vulnerabilities:\n  - &a {id: x}\n  - *a\n";
    expect(() => importFile(".trivyignore.yaml", bomb)).toThrowError("can't be read");
  });
});

describe("every format", () => {
  it.each(importFormats)("answers or refuses whatever it is given: %s", (format) => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), words), (text) => {
        try {
          expect(importFile(format, text).unplaced).toBeInstanceOf(Array);
        } catch (error) {
          expect(error).toMatchObject({ code: "invalid" });
        }
      }),
    );
  });
});
