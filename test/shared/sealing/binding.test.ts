import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFields } from "#shared/sealing/binding.ts";

describe("encodeFields", () => {
  it("writes each field as its length in bytes and its UTF-8", () => {
    expect(encodeFields("a", "", "é").toString("hex")).toBe("000161" + "0000" + "0002c3a9");
  });

  it("keeps fields apart that would join to the same text", () => {
    expect(encodeFields("a", "bc")).not.toEqual(encodeFields("ab", "c"));
    expect(encodeFields("a", "")).not.toEqual(encodeFields("a"));
  });

  it("gives different bytes for different lists of fields", () => {
    const letters = fc.array(fc.constantFrom("a", "b", "\0", "\u0001", "é", "😀"), { maxLength: 4 });
    const fields = fc.array(
      letters.map((parts) => parts.join("")),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(fields, fields, (left, right) => {
        expect(encodeFields(...left).equals(encodeFields(...right))).toBe(
          JSON.stringify(left) === JSON.stringify(right),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it("can be read back, so that no two lists share an encoding", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { maxLength: 5 }), (fields) => {
        const bytes = encodeFields(...fields);
        const read: string[] = [];
        for (let at = 0; at < bytes.length; ) {
          const end = at + 2 + bytes.readUInt16BE(at);
          read.push(bytes.toString("utf8", at + 2, end));
          at = end;
        }
        expect(read).toEqual(fields);
      }),
    );
  });

  it("refuses what UTF-8 would merge or what is too long", () => {
    expect(() => encodeFields("\ud800")).toThrow(TypeError);
    expect(() => encodeFields("é".repeat(513))).toThrow(RangeError);
    expect(encodeFields("é".repeat(512))).toHaveLength(1026);
  });
});
