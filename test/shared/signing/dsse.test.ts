import { createPrivateKey, createPublicKey } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { preAuthEncoding, signEnvelope, verifyEnvelope } from "#shared/signing/dsse.ts";
import { readSpki } from "#shared/signing/public-key.ts";
import { flipBit, flipTextBit, localEcdsaSigner, localEd25519Signer } from "./local-signer.ts";

const content = { payloadType: "application/vnd.in-toto+json", payload: new TextEncoder().encode('{"_type":"x"}') };
const signer = localEcdsaSigner();

// github.com/secure-systems-lab/dsse, protocol.md v1.0.2, "Test Vectors": key, payload and signature (P1363).
const number = (decimal: string) =>
  Buffer.from(BigInt(decimal).toString(16).padStart(64, "0"), "hex").toString("base64url");
const VECTOR = {
  key: readSpki(
    createPublicKey(
      createPrivateKey({
        key: {
          kty: "EC",
          crv: "P-256",
          x: number("46950820868899156662930047687818585632848591499744589407958293238635476079160"),
          y: number("5640078356564379163099075877009565129882514886557779369047442380624545832820"),
          d: number("97358161215184420915383655311931858321456579547487070936769975997791359926199"),
        },
        format: "jwk",
      }),
    ).export({ type: "spki", format: "der" }),
  ),
  envelope: {
    payload: "aGVsbG8gd29ybGQ=",
    payloadType: "http://example.com/HelloWorld",
    signatures: [
      {
        keyid: "66301bbf",
        sig: "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==",
      },
    ],
  },
};

describe("the pre-authentication encoding", () => {
  it("is that of the specification's example", () => {
    const encoded = preAuthEncoding({
      payloadType: "http://example.com/HelloWorld",
      payload: Buffer.from("hello world"),
    });
    expect(Buffer.from(encoded).toString()).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  });

  it("counts bytes", () => {
    expect(Buffer.from(preAuthEncoding({ payloadType: "é", payload: Buffer.from("ø") })).toString()).toBe(
      "DSSEv1 2 é 2 ø",
    );
  });
});

describe("an envelope", () => {
  it("is taken from the specification's test vector", () => {
    expect(verifyEnvelope(VECTOR.envelope, [VECTOR.key])?.payload).toEqual(new Uint8Array(Buffer.from("hello world")));
  });

  it("is taken in the other alphabet of base64 too", () => {
    const [{ sig, keyid }] = VECTOR.envelope.signatures as [{ sig: string; keyid: string }];
    const urlSafe = { sig: sig.replaceAll("+", "-").replaceAll("/", "_"), keyid };
    expect(verifyEnvelope({ ...VECTOR.envelope, signatures: [urlSafe] }, [VECTOR.key])).toBeDefined();
  });

  it("gives its content to those who know the key", async () => {
    const envelope = await signEnvelope(content, signer);
    expect(verifyEnvelope(envelope, [localEd25519Signer().publicKey, signer.publicKey])).toEqual(content);
    expect(verifyEnvelope(envelope, [localEcdsaSigner().publicKey])).toBeUndefined();
    expect(verifyEnvelope(envelope, [])).toBeUndefined();
  });

  it("is the same after it was written as JSON, whatever the content", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), fc.uint8Array(), async (payloadType, payload) => {
        const envelope: unknown = JSON.parse(JSON.stringify(await signEnvelope({ payloadType, payload }, signer)));
        expect(verifyEnvelope(envelope, [signer.publicKey])).toEqual({ payloadType, payload });
      }),
      { numRuns: 20 },
    );
  });

  it("fails with any bit of payload, type or signature flipped", async () => {
    const envelope = await signEnvelope(content, signer);
    const sig = envelope.signatures[0]?.sig ?? "";
    const bits = fc.nat();
    fc.assert(
      fc.property(bits, fc.constantFrom("payload", "payloadType", "sig"), (bit, part) => {
        const flipped =
          part === "sig"
            ? { ...envelope, signatures: [{ sig: flipTextBit(sig, bit) }] }
            : { ...envelope, [part]: flipTextBit(part === "payload" ? envelope.payload : envelope.payloadType, bit) };
        expect(verifyEnvelope(flipped, [signer.publicKey])).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it("fails with any bit of the signature's bytes flipped", async () => {
    const envelope = await signEnvelope(content, signer);
    const signature = Buffer.from(envelope.signatures[0]?.sig ?? "", "base64");
    for (let bit = 0; bit < signature.length * 8; bit++) {
      const sig = Buffer.from(flipBit(signature, bit)).toString("base64");
      expect(verifyEnvelope({ ...envelope, signatures: [{ sig }] }, [signer.publicKey])).toBeUndefined();
    }
  });

  it.each([null, "", [], {}, { payload: "", payloadType: "" }, { payload: "", payloadType: "", signatures: [] }])(
    "is not made of %j",
    (value) => {
      expect(verifyEnvelope(value, [signer.publicKey])).toBeUndefined();
    },
  );
});
