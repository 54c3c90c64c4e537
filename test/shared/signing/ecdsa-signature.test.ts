import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { derToP1363, p1363ToDer } from "#shared/signing/ecdsa-signature.ts";
import { Malformed } from "#shared/signing/malformed.ts";

const hex = (value: string) => new Uint8Array(Buffer.from(value, "hex"));
const number = (digits: string) => digits.padStart(64, "0");

// By X.690 §8.1, §8.3 and §10.1, written out by hand.
const pairs = [
  { says: "small numbers", der: "3006020101020102", p1363: number("01") + number("02") },
  { says: "a zero", der: "3006020100020101", p1363: number("00") + number("01") },
  { says: "a number that needs a leading zero", der: "300702020080020101", p1363: number("80") + number("01") },
  {
    says: "the largest numbers",
    der: `304602 2100${"ff".repeat(32)} 022100${"ff".repeat(32)}`.replaceAll(" ", ""),
    p1363: "ff".repeat(64),
  },
];

const wrong = [
  { says: "nothing", der: "" },
  { says: "another tag", der: "3106020101020102" },
  { says: "another tag inside", der: "3006030101020102" },
  { says: "a length in the long form", der: "308106020101020102" },
  { says: "a length of one number in the long form", der: "300702810101020102" },
  { says: "an indefinite length", der: "30800201010201020000" },
  { says: "bytes after the end", der: "300602010102010200" },
  { says: "bytes after the second number", der: "30070201010201020 0".replaceAll(" ", "") },
  { says: "one number", der: "3003020101" },
  { says: "three numbers", der: "3009020101020101020101" },
  { says: "a negative number", der: "3006020180020101" },
  { says: "a zero too many", der: "300702020001020101" },
  { says: "a number without bytes", der: "30050200020101" },
  { says: "a number of 33 bytes", der: `302602 2101${"00".repeat(32)} 020101`.replaceAll(" ", "") },
  { says: "a number that ends early", der: "30060201010202 01".replaceAll(" ", "") },
];

describe("an ECDSA signature", () => {
  it.each(pairs)("goes from DER to P1363 and back: $says", ({ der, p1363 }) => {
    expect(Buffer.from(derToP1363(hex(der))).toString("hex")).toBe(p1363);
    expect(Buffer.from(p1363ToDer(hex(p1363))).toString("hex")).toBe(der);
  });

  it.each(wrong)("is refused in DER with $says", ({ der }) => {
    expect(() => derToP1363(hex(der))).toThrow(Malformed);
  });

  it.each([0, 63, 65])("is refused in P1363 with %i bytes", (length) => {
    expect(() => p1363ToDer(new Uint8Array(length))).toThrow(Malformed);
  });

  it("is the same after both ways, whatever its numbers", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (signature) => {
        expect(derToP1363(p1363ToDer(signature))).toEqual(signature);
      }),
    );
  });

  it("has one DER: whatever is read is written the same", () => {
    const near = fc.constantFrom(0x30, 0x02, 0x00, 0x01, 0x06, 0x7f, 0x80, 0x81, 0xff);
    fc.assert(
      fc.property(fc.array(near, { maxLength: 12 }), (bytes) => {
        const der = Uint8Array.from([0x30, bytes.length, ...bytes]);
        try {
          expect(p1363ToDer(derToP1363(der))).toEqual(der);
        } catch (error) {
          if (!(error instanceof Malformed)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
