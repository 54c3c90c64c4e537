import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Checkpoint, formatCheckpoint, openCheckpoint, parseCheckpoint } from "#shared/ledger/checkpoint.ts";
import { EMPTY_ROOT, leafHash } from "#shared/ledger/merkle.ts";
import { formatNote } from "#shared/signing/note.ts";
import { hex } from "./entries.ts";
import { SignedLog } from "./signed-log.ts";

const malformed = expect.objectContaining({ name: "Malformed" });
// The example of C2SP tlog-checkpoint.
const example = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

describe("the text of a checkpoint", () => {
  it("reads the example of tlog-checkpoint and writes it again", () => {
    const checkpoint = parseCheckpoint(example);
    expect(checkpoint).toMatchObject({ origin: "example.com/behind-the-sofa", size: 20_852_163, extensions: [] });
    expect(hex(checkpoint.root)).toBe("0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62");
    expect(formatCheckpoint(checkpoint)).toBe(example);
  });

  it("states an empty log with size 0", () => {
    const text = formatCheckpoint({ origin: "log.example", size: 0, root: EMPTY_ROOT, extensions: [] });
    expect(text).toBe("log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
  });

  it("reads what it writes", () => {
    const line = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }).filter((text) => !/\p{Cc}/u.test(text));
    const checkpoint: fc.Arbitrary<Checkpoint> = fc.record({
      origin: line,
      size: fc.maxSafeNat(),
      root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      extensions: fc.array(line, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(checkpoint, (given) => {
        expect(parseCheckpoint(formatCheckpoint(given))).toEqual(given);
      }),
    );
  });

  it.each([
    ["no text", ""],
    ["no root", "log.example\n1\n"],
    ["no line feed at the end", example.slice(0, -1)],
    ["an empty line at the end", `${example}\n`],
    ["an empty origin", example.replace(/^[^\n]+/, "")],
    ["a control character in the origin", example.replace("sofa", "sofa\r")],
    ["an empty extension", `${example}\nextension\n`],
    ["a leading zero", example.replace("2085", "02085")],
    ["a sign", example.replace("2085", "+2085")],
    ["a space", example.replace("2085", " 2085")],
    ["a hexadecimal size", example.replace("20852163", "0x10")],
    ["a fraction", example.replace("20852163", "1.0")],
    ["a size above 2^53", example.replace("20852163", "9007199254740992")],
    ["digits of another script", example.replace("20852163", "٢")],
    ["no padding", example.replace("q2I=", "q2I")],
    ["bits left over in the base64", example.replace("q2I=", "q2J=")],
    ["base64url", example.replace("/Xajj", "_Xajj")],
    ["a root of 31 bytes", "log.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n"],
    ["line ends of Windows", example.replaceAll("\n", "\r\n")],
  ])("refuses a text with %s", (_, text) => {
    expect(() => parseCheckpoint(text)).toThrow(malformed);
  });

  it("refuses to write what it would not read", () => {
    const good = parseCheckpoint(example);
    for (const origin of ["", "a\nb", "a\u0000", "\ud800"])
      expect(() => formatCheckpoint({ ...good, origin })).toThrow(malformed);
    for (const size of [-1, 0.5, 2 ** 53]) expect(() => formatCheckpoint({ ...good, size })).toThrow(malformed);
    expect(() => formatCheckpoint({ ...good, root: good.root.subarray(1) })).toThrow(malformed);
    expect(() => formatCheckpoint({ ...good, extensions: [""] })).toThrow(malformed);
  });
});

describe("a signed checkpoint", () => {
  const log = new SignedLog("log.example/public");
  const statement = { size: 7, root: leafHash(Buffer.from("root")) };
  const note = log.checkpoint(statement);

  it("opens with the log's key, also beside signatures of others", () => {
    expect(openCheckpoint(note, log.trusted)).toMatchObject({ origin: "log.example/public", size: 7 });
    const text = note.slice(0, note.indexOf("\n\n") + 1);
    const witnessed = formatNote(text, [new SignedLog("witness.example").signature(text), log.signature(text)]);
    expect(openCheckpoint(witnessed, log.trusted)).toMatchObject({ size: 7 });
  });

  it("does not open when another log signed it under the same name, or a witness alone", () => {
    expect(openCheckpoint(new SignedLog("log.example/public").checkpoint(statement), log.trusted)).toBeUndefined();
    const text = note.slice(0, note.indexOf("\n\n") + 1);
    const witnessed = formatNote(text, [new SignedLog("witness.example").signature(text)]);
    expect(openCheckpoint(witnessed, log.trusted)).toBeUndefined();
  });

  it("does not open for another origin, even with the right key", () => {
    expect(openCheckpoint(note, { ...log.trusted, origin: "log.example/other" })).toBeUndefined();
  });

  it("does not open when the log signed something that is no checkpoint", () => {
    const text = "log.example/public\nhello\n";
    expect(openCheckpoint(formatNote(text, [log.signature(text)]), log.trusted)).toBeUndefined();
  });

  it("does not open with any character of the text changed", () => {
    const end = note.indexOf("\n\n");
    for (let i = 0; i < end; i += 1) {
      const changed = `${note.slice(0, i)}${note[i] === "a" ? "b" : "a"}${note.slice(i + 1)}`;
      expect(openCheckpoint(changed, log.trusted)).toBeUndefined();
    }
  });
});
