import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { publishedEntry } from "#shared/release/log-entry.ts";
import type { ReleaseFacts } from "#shared/release/release.ts";
import { readReleaseStatement, releaseStatement } from "#shared/release/statement.ts";
import { Malformed } from "#shared/signing/malformed.ts";

const digest = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const note = fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 }).filter((text) => text.trim() === text);
const facts: fc.Arbitrary<ReleaseFacts> = fc.record(
  {
    number: fc.integer({ min: 1, max: 99_999_999 }),
    body: fc.string().map(digest),
    previous: fc.option(fc.string().map(digest)),
    at: fc.date({ noInvalidDate: true, min: new Date("2020"), max: new Date("2100") }).map((at) => at.toISOString()),
    note,
    restores: fc.integer({ min: 1, max: 99_999_999 }),
  },
  { requiredKeys: ["number", "body", "previous", "at"] },
);

describe("a statement about a release", () => {
  it("is read as it was written", () => {
    fc.assert(
      fc.property(facts, (release) => {
        const { predicate, subject } = readReleaseStatement(releaseStatement("hearth", release));
        const { number, body, ...rest } = release;
        expect(predicate).toEqual({ tenant: "hearth", release: number, ...rest });
        expect(subject).toEqual([{ name: `hearth/releases/${String(number)}`, digest: { sha256: body.slice(7) } }]);
      }),
    );
  });

  it("is one text for one release: what is changed in it is no statement, or one of another release", () => {
    fc.assert(
      fc.property(facts, fc.nat(), fc.integer({ min: 1, max: 255 }), (release, at, bits) => {
        const bytes = Buffer.from(releaseStatement("hearth", release));
        const logged = publishedEntry("hearth", release);
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ bits;
        try {
          const { predicate, subject } = readReleaseStatement(bytes);
          const read = { ...predicate, number: predicate.release, body: `sha256:${subject[0].digest.sha256}` };
          expect(publishedEntry(predicate.tenant, read)).not.toEqual(logged);
        } catch (error) {
          if (!(error instanceof Malformed)) throw error;
        }
      }),
    );
  });

  it.each(["", "null", "{}", "[]", '{"_type":"https://in-toto.io/Statement/v1"}', "\ufeff{}"])("is not %j", (text) => {
    expect(() => readReleaseStatement(Buffer.from(text))).toThrow(Malformed);
  });
});
