import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEncodedWords } from "#shared/mail/encoded-word.ts";

describe("decodeEncodedWords", () => {
  // The examples of RFC 2047 §8, with what they are displayed as.
  it.each([
    ["=?ISO-8859-1?Q?a?=", "a"],
    ["=?ISO-8859-1?Q?a?= b", "a b"],
    ["=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"],
    ["=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=", "ab"],
    ["=?ISO-8859-1?Q?a_b?=", "a b"],
    ["=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b"],
    ["=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=", "Keld Jørn Simonsen"],
    [
      "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
      "If you can read this you understand the example.",
    ],
  ])("reads %s as RFC 2047 §8 does", (encoded, shown) => {
    expect(decodeEncodedWords(encoded)).toBe(shown);
  });

  it("joins a character that a sender cut in two words", () => {
    expect(decodeEncodedWords("=?utf-8?b?w4M=?= =?UTF-8?Q?=C3?= =?utf-8?Q?=BC?=")).toBe("Ãü");
  });

  it("ignores the language of RFC 2231 §5", () => {
    expect(decodeEncodedWords("=?US-ASCII*EN?Q?Keith_Moore?=")).toBe("Keith Moore");
  });

  it("leaves what is no encoded word as it is", () => {
    expect(decodeEncodedWords("a =?utf-8?x?y?= =?b")).toBe("a =?utf-8?x?y?= =?b");
  });

  it("decodes what Node encodes, and never throws", () => {
    const word = fc.string({ unit: "binary", maxLength: 40 });
    fc.assert(
      fc.property(word, word, (text, other) => {
        const encoded = `=?utf-8?B?${Buffer.from(text).toString("base64")}?=`;
        expect(decodeEncodedWords(`x ${encoded}`)).toBe(`x ${Buffer.from(text).toString()}`);
        decodeEncodedWords(`=?${text}?q?${other}?= =?utf-8?b?${other}?=`);
      }),
    );
  });
});
