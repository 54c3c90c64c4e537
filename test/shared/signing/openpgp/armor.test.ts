import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Malformed } from "#shared/signing/malformed.ts";
import { crc24, formatArmor, readArmor } from "#shared/signing/openpgp/armor.ts";

describe("armor", () => {
  // The check value of CRC-24/OPENPGP in the catalogue of parametrised CRC algorithms.
  it("has the checksum of the catalogue", () => {
    expect(Buffer.from(crc24(Buffer.from("123456789"))).toString("hex")).toBe("21cf02");
  });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        const armored = formatArmor("PGP SIGNATURE", bytes);
        expect(readArmor("PGP SIGNATURE", armored)).toEqual(bytes);
        expect(Math.max(...armored.split("\n").map((line) => line.length))).toBeLessThanOrEqual(64);
      }),
    );
  });

  it.each([
    { says: "another kind", change: (text: string) => text.replaceAll("SIGNATURE", "PUBLIC KEY BLOCK") },
    { says: "a header", change: (text: string) => text.replace("\n\n", "\nComment: x\n\n") },
    { says: "no checksum", change: (text: string) => text.replace(/\n=.{4}/, "") },
    { says: "another checksum", change: (text: string) => text.replace(/\n=.{4}/, "\n=AAAA") },
    { says: "other lines", change: (text: string) => text.replace("AQID", "AQ\nID") },
    { says: "something before", change: (text: string) => `\n${text}` },
    { says: "something after", change: (text: string) => `${text}\n` },
    { says: "nothing", change: () => "" },
  ])("is refused with $says", ({ change }) => {
    expect(() => readArmor("PGP SIGNATURE", change(formatArmor("PGP SIGNATURE", Uint8Array.of(1, 2, 3))))).toThrow(
      Malformed,
    );
  });
});
