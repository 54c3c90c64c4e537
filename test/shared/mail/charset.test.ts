import { describe, expect, it } from "vitest";
import { decodeCharset } from "#shared/mail/charset.ts";

describe("decodeCharset", () => {
  // Encoded with Python 3.11: "...".encode(charset).hex(); the UTF-7 examples are those of RFC 2152.
  it.each([
    ["iso-2022-jp", "1b2442467c4b5c386c1b2842", "日本語"],
    ["euc-jp", "c6fccbdcb8ec", "日本語"],
    ["shift_jis", "93fa967b8cea", "日本語"],
    ["euc-kr", "c7d1b1b9bee2", "한국얄"],
    ["ks_c_5601-1987", "c7d1b1b9", "한국"],
    ["gb18030", "d6d0cec48139ee39", "中文㐀"],
    ["big5", "a4a4a4e5", "中文"],
    ["koi8-r", "f0d2c9d7c5d4", "Привет"],
    ["windows-1252", "80e9", "€é"],
    ["iso-8859-15", "a4e9", "€é"],
    ["UNICODE-1-1-UTF-7", "412b414f6b2d", "Aé"],
    ["utf-7", Buffer.from("A+ImIDkQ.").toString("hex"), "A≢Α."],
    ["utf-7", Buffer.from("Hi Mom -+Jjo--!").toString("hex"), "Hi Mom -☺-!"],
    ["utf-7", Buffer.from("+ZeVnLIqe-").toString("hex"), "日本語"],
    ["utf-7", Buffer.from("Item 3 is +AKM-1. 1 +- 1").toString("hex"), "Item 3 is £1. 1 + 1"],
    ["utf-16be", "00410042", "AB"],
  ])("reads %s", (label, hex, text) => {
    expect(decodeCharset(Buffer.from(hex, "hex"), label)).toEqual({ text, clean: true });
  });

  it("does not believe us-ascii, or no label, about bytes above 127", () => {
    expect(decodeCharset(Buffer.from("Grüße"), "us-ascii").text).toBe("Grüße");
    expect(decodeCharset(Buffer.from([0x47, 0xfc]), undefined).text).toBe("Gü");
  });

  it("reads windows-1252 text that claims to be UTF-8, and says that it guessed", () => {
    expect(decodeCharset(Buffer.from("Gr\xfc\xdfe", "latin1"), "utf-8")).toEqual({ text: "Grüße", clean: false });
  });

  it("keeps UTF-8 text of which only an end is missing", () => {
    expect(decodeCharset(Buffer.from("Grüße ü").subarray(0, -1), "utf-8")).toEqual({
      text: "Grüße \uFFFD",
      clean: false,
    });
  });

  it("guesses under an unknown label and says so", () => {
    expect(decodeCharset(Buffer.from("Grüße"), "x-unheard-of")).toEqual({ text: "Grüße", clean: false });
  });
});
