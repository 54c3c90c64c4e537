import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Malformed } from "#shared/signing/malformed.ts";
import {
  formatNote,
  type NoteSignature,
  noteKeyId,
  noteVerifier,
  parseNote,
  signNote,
  verifyNote,
} from "#shared/signing/note.ts";
import { formatNoteKey, parseNoteKey } from "#shared/signing/note-key.ts";
import { ed25519FromSeed, flipTextBit, localEcdsaSigner, localEd25519Signer } from "./local-signer.ts";

// golang.org/x/mod/sumdb/note, note_test.go: keys, text and signature of another implementation.
const GO = {
  verifierKey: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
  seed: Buffer.from("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", "base64").subarray(1),
  otherVerifierKey: "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop",
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  note: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
};
// transparency-dev/formats, note/note_verifier_test.go: an ECDSA key.
const SIGSTORE_KEY =
  "rekor.sigstore.dev+c0d23d6a+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNhtmPtrWm3U1eQXBogSMdGvXwBcK5AW5i0hrZLOC96l+smGNM7nwZ4QvFK/4sueRoVj//QP22Ni4Qt9DPfkWLc=";
// c2sp.org/signed-note, the text and signature at its top (its key is not given there).
const C2SP_NOTE =
  "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned \u00e8 subito sera.\n\n\u2014 quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

// RFC 8032 §7.1, TEST 1 and TEST 2. Their messages are no note's text; they are verified in test/conformance/signing.
const RFC_8032_KEYS = [
  {
    seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  },
  {
    seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
  },
];

const name = "candor.example/ledger";
const text = `${name}\n3\n${"A".repeat(43)}=\n`;
const ed25519 = localEd25519Signer();
const ecdsa = localEcdsaSigner();

describe("another implementation's note", () => {
  it("is verified with its verifier key", () => {
    expect(verifyNote(GO.note, [parseNoteKey(GO.verifierKey)])).toEqual({
      text: GO.text,
      verifiedBy: ["PeterNeumann"],
    });
  });

  it("is made again byte for byte from its private key", async () => {
    const signer = localEd25519Signer(ed25519FromSeed(GO.seed));
    expect(formatNote(GO.text, [await signNote(GO.text, "PeterNeumann", signer)])).toBe(GO.note);
    expect(formatNoteKey("PeterNeumann", signer.publicKey)).toBe(GO.verifierKey);
  });

  it("is read as text up to the last empty line", () => {
    const { text: poem, signatures } = parseNote(C2SP_NOTE);
    expect(poem).toBe(
      "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned \u00e8 subito sera.\n",
    );
    expect(signatures).toMatchObject([{ name: "quasimodo.example/salvatore", keyId: "367ba04b" }]);
    expect(formatNote(poem, signatures)).toBe(C2SP_NOTE);
  });
});

describe("a verifier key", () => {
  it.each([GO.verifierKey, GO.otherVerifierKey, SIGSTORE_KEY])("is read and written the same: %s", (key) => {
    const { name: keyName, publicKey } = parseNoteKey(key);
    expect(formatNoteKey(keyName, publicKey)).toBe(key);
  });

  it.each([
    { says: "another id", key: GO.verifierKey.replace("c74f20a3", "c74f20a4") },
    { says: "another name", key: GO.verifierKey.replace("Peter", "Paul") },
    {
      says: "an ECDSA key's id by the rule for others",
      key: `x+${noteKeyId("x", ed25519.publicKey)}+${SIGSTORE_KEY.split("+")[2]}`,
    },
    // x/mod's own bad keys: a longer key and an unknown type, each with a matching id.
    { says: "a longer key", key: "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==" },
    { says: "an unknown type", key: "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" },
    { says: "an ECDSA key of an unknown type", key: SIGSTORE_KEY.replace("+AjBZ", "+BDBZ") },
    { says: "an Ed25519 key as ECDSA", key: noteKeyOfType(2) },
    { says: "no name", key: GO.verifierKey.replace("PeterNeumann", "") },
    { says: "a name with a space", key: GO.verifierKey.replace("PeterNeumann", "Peter Neumann") },
    { says: "nothing", key: "" },
  ])("is refused with $says", ({ key }) => {
    expect(() => parseNoteKey(key)).toThrow(Malformed);
  });

  it("is refused in every part of itself", () => {
    for (let start = 0; start < GO.verifierKey.length; start++)
      for (let end = start + 1; end <= GO.verifierKey.length; end++)
        if (end - start < GO.verifierKey.length)
          expect(() => parseNoteKey(GO.verifierKey.slice(start, end))).toThrow(Malformed);
  });

  it.each(RFC_8032_KEYS)(
    "has the id that the specification computes for RFC 8032's key $publicKey",
    ({ seed, publicKey }) => {
      const signer = localEd25519Signer(ed25519FromSeed(Buffer.from(seed, "hex")));
      const raw = Buffer.from(publicKey, "hex");
      expect(Buffer.from(signer.publicKey.raw)).toEqual(raw);
      const hashed = createHash("sha256").update(`${name}\n`).update(Uint8Array.of(1)).update(raw).digest("hex");
      expect(noteKeyId(name, signer.publicKey)).toBe(hashed.slice(0, 8));
    },
  );
});

describe.each([ed25519, ecdsa])("a note signed by $algorithm", (signer) => {
  const verifier = noteVerifier(name, signer.publicKey);
  const stranger = noteVerifier(name, localEd25519Signer().publicKey);

  it("names who stands behind it", async () => {
    const note = formatNote(text, [await signNote(text, name, signer)]);
    expect(verifyNote(note, [stranger, verifier])).toEqual({ text, verifiedBy: [name] });
    expect(verifyNote(note, [parseNoteKey(formatNoteKey(name, signer.publicKey))])).toEqual({
      text,
      verifiedBy: [name],
    });
  });

  it("counts for nothing without a known key, even of the same name", async () => {
    const note = formatNote(text, [await signNote(text, name, signer)]);
    expect(verifyNote(note, [stranger])).toBeUndefined();
    expect(verifyNote(note, [])).toBeUndefined();
    expect(verifyNote(note, [noteVerifier("other.example", signer.publicKey)])).toBeUndefined();
  });

  it("may bear signatures of strangers", async () => {
    const witness = await signNote(text, "witness.example", localEd25519Signer());
    const note = formatNote(text, [witness, await signNote(text, name, signer)]);
    expect(verifyNote(note, [verifier])).toEqual({ text, verifiedBy: [name] });
  });

  it("is spoilt by one wrong signature of a known key", async () => {
    const good = await signNote(text, name, signer);
    const wrong = await signNote("another text\n", name, signer);
    expect(verifyNote(formatNote(text, [good, wrong]), [verifier])).toBeUndefined();
  });

  it("fails with any bit flipped", async () => {
    const note = formatNote(text, [await signNote(text, name, signer)]);
    for (let bit = 0; bit < Buffer.byteLength(note) * 8; bit++)
      expect(verifyNote(flipTextBit(note, bit), [verifier]), `bit ${bit}`).toBeUndefined();
  });
});

describe("a note", () => {
  const signature: NoteSignature = { name: "a", keyId: "00000000", signature: Uint8Array.of(1) };

  it("with two keys of ours names both", async () => {
    const both = await Promise.all([signNote(text, "one.example", ed25519), signNote(text, "two.example", ecdsa)]);
    const verifiers = [noteVerifier("one.example", ed25519.publicKey), noteVerifier("two.example", ecdsa.publicKey)];
    expect(verifyNote(formatNote(text, both), verifiers)?.verifiedBy).toEqual(["one.example", "two.example"]);
  });

  it("has at most 16 signatures", () => {
    const sixteen = Array.from({ length: 16 }, () => signature);
    expect(parseNote(formatNote(text, sixteen)).signatures).toHaveLength(16);
    expect(() => formatNote(text, [...sixteen, signature])).toThrow(Malformed);
    expect(() => parseNote(`${formatNote(text, sixteen)}\u2014 a AAAAAAE=\n`)).toThrow(Malformed);
    expect(() => formatNote(text, [])).toThrow(Malformed);
  });

  it("is read as it was written, whatever it says", () => {
    const line = fc.string({ unit: "grapheme" }).map((one) => one.replaceAll(/\p{Cc}/gu, ""));
    const written = fc.record({
      text: fc.array(line).map((lines) => `${lines.join("\n")}\n`),
      signatures: fc.array(
        fc.record({
          name: fc.string({ unit: "grapheme", minLength: 1 }).filter((one) => !/[\p{White_Space}\p{Cc}+]/u.test(one)),
          keyId: fc.uint8Array({ minLength: 4, maxLength: 4 }).map((id) => Buffer.from(id).toString("hex")),
          signature: fc.uint8Array({ minLength: 1 }),
        }),
        { minLength: 1, maxLength: 16 },
      ),
    });
    fc.assert(
      fc.property(written, (note) => {
        expect(parseNote(formatNote(note.text, note.signatures))).toEqual(note);
      }),
    );
  });

  it("is written as it was read, or not read", () => {
    const piece = fc.constantFrom(
      "\n",
      "\n\n",
      "\u2014 ",
      "a",
      " ",
      "AAAAAAE=",
      "AAAAAAE",
      "+",
      "\r",
      "\u00a0",
      "\u2014 a AAAAAAE=\n",
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join("")),
        (note) => {
          try {
            const { text: read, signatures } = parseNote(note);
            expect(formatNote(read, signatures)).toBe(note);
          } catch (error) {
            if (!(error instanceof Malformed)) throw error;
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  it.each([
    { says: "no signature", note: "text\n" },
    { says: "no text", note: "\u2014 a AAAAAAE=\n" },
    { says: "no line feed at the end", note: "text\n\n\u2014 a AAAAAAE=" },
    { says: "a carriage return", note: "text\r\n\n\u2014 a AAAAAAE=\n" },
    { says: "a tab", note: "te\txt\n\n\u2014 a AAAAAAE=\n" },
    { says: "a hyphen for the dash", note: "text\n\n- a AAAAAAE=\n" },
    { says: "a name with a plus", note: "text\n\n\u2014 a+b AAAAAAE=\n" },
    { says: "a name with a wide space", note: "text\n\n\u2014 a\u3000b AAAAAAE=\n" },
    { says: "no name", note: "text\n\n\u2014  AAAAAAE=\n" },
    { says: "a signature of four bytes", note: "text\n\n\u2014 a AAAAAA==\n" },
    { says: "a signature without padding", note: "text\n\n\u2014 a AAAAAAE\n" },
    { says: "stray bits in the signature", note: "text\n\n\u2014 a AAAAAAF=\n" },
    { says: "something after the signature", note: "text\n\n\u2014 a AAAAAAE= b\n" },
    { says: "half a surrogate pair", note: "te\ud800xt\n\n\u2014 a AAAAAAE=\n" },
  ])("is refused with $says", ({ note }) => {
    expect(() => parseNote(note)).toThrow(Malformed);
    expect(verifyNote(note, [])).toBeUndefined();
  });

  it("is not signed over a text that nobody could read again", async () => {
    await expect(signNote("no line feed", name, ed25519)).rejects.toThrow(Malformed);
    await expect(signNote("text\n", "a name", ed25519)).rejects.toThrow(Malformed);
    await expect(signNote(`${"a".repeat(4096)}\n`, name, ed25519)).rejects.toThrow(RangeError);
  });
});

/** An Ed25519 key as SPKI under another type, with the id that it would have as an Ed25519 key. */
function noteKeyOfType(type: number): string {
  const { publicKey } = localEd25519Signer();
  const encoded = Buffer.concat([Uint8Array.of(type), publicKey.spki]).toString("base64");
  return `x+${noteKeyId("x", publicKey)}+${encoded}`;
}
