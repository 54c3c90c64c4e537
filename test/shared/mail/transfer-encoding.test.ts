import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTransfer, decodeWhole, encodingNamed, type TransferEncoding } from "#shared/mail/transfer-encoding.ts";

const decode = (encoding: TransferEncoding, text: string) =>
  Buffer.from(decodeWhole(encoding, Buffer.from(text, "latin1"))).toString("latin1");

describe("base64", () => {
  // RFC 4648 §10.
  it.each([
    ["", ""],
    ["Zg==", "f"],
    ["Zm8=", "fo"],
    ["Zm9v", "foo"],
    ["Zm9vYg==", "foob"],
    ["Zm9vYmE=", "fooba"],
    ["Zm9vYmFy", "foobar"],
  ])("decodes %j", (encoded, text) => {
    expect(decode("base64", encoded)).toBe(text);
  });

  it("skips line ends and junk, and does without padding", () => {
    expect(decode("base64", "Zm9\r\n vY!m*\xffE")).toBe("fooba");
  });

  it("goes on after padding, where two encoded blocks were joined", () => {
    expect(decode("base64", "Zg==\r\nZm8=")).toBe("ffo");
  });
});

describe("quoted-printable", () => {
  it.each([
    // RFC 2045 §6.7: the example of a soft line break.
    [
      "Now's the time =\r\nfor all folk to come=\r\n to the aid of their country.",
      "Now's the time for all folk to come to the aid of their country.",
    ],
    ["=4a=4A=E9", "JJ\xe9"],
    ["a =  \t\r\nb", "a b"],
    ["a=\nb=\rc", "abc"],
    ["a=zz=4", "a=zz=4"],
    ["a\r\nb\n\r\n", "a\r\nb\n\r\n"],
    ["end=", "end"],
    ["end= ", "end"],
  ])("decodes %j", (encoded, text) => {
    expect(decode("quoted-printable", encoded)).toBe(text);
  });
});

describe("uuencode", () => {
  it("decodes what stands between begin and end", () => {
    // Made with Python 3.11: binascii.b2a_uu(b"Cat"), binascii.b2a_uu(b"hello, world").
    expect(decode("uuencode", "text\nbegin 644 cat.txt\n#0V%T\n,:&5L;&\\L('=O<FQD\n \nend\nmore\n")).toBe(
      "Cathello, world",
    );
  });
});

describe("encodingNamed", () => {
  it.each([
    ["BASE64 ", "base64", []],
    ["quoted-printable;", "quoted-printable", []],
    ["(comment) 8bit", "identity", []],
    [undefined, "identity", []],
    ["base9000", "identity", ["bad-encoding"]],
    ["constructor", "identity", ["bad-encoding"]],
  ] as const)("takes %j as %s", (value, encoding, noted) => {
    const problems = new Set<"bad-encoding">();
    expect([encodingNamed(value, problems as Set<never>), [...problems]]).toEqual([encoding, noted]);
  });
});

const encodings: TransferEncoding[] = ["identity", "base64", "quoted-printable", "uuencode"];

/** Text in which the characters that matter to a decoder are common. */
const encodedText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "=",
        "=\r\n",
        "=3D",
        "= \t",
        "\r",
        "\n",
        "Zm9v",
        "Z",
        "==",
        "begin 644 x\n",
        "end\n",
        "#0V%T\n",
        " ",
      ),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 60 },
  )
  .map((pieces) => Buffer.from(pieces.join(""), "utf8"));

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield Uint8Array.from(bytes.subarray(at, at + size));
    at += size;
  }
}

describe("decodeTransfer", () => {
  it.each(encodings)("gives for any cut of %s what decoding at once gives", async (encoding) => {
    await fc.assert(
      fc.asyncProperty(
        encodedText,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
        async (bytes, sizes) => {
          const pieces: Uint8Array[] = [];
          for await (const piece of decodeTransfer(encoding, cut(bytes, sizes))) pieces.push(Uint8Array.from(piece));
          expect(Buffer.concat(pieces)).toEqual(Buffer.from(decodeWhole(encoding, bytes)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("gives back any bytes that were encoded as base64 in lines", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const lines = Buffer.from(bytes).toString("base64").replace(/.{76}/g, "$&\r\n");
        expect(Buffer.from(decodeWhole("base64", Buffer.from(lines)))).toEqual(Buffer.from(bytes));
      }),
    );
  });
});
