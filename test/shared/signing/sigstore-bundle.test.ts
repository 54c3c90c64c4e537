import { createHash } from "node:crypto";
import { bundleFromJSON } from "@sigstore/bundle";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PublicKey } from "#shared/signing/public-key.ts";
import {
  signEnvelopeBundle,
  signMessageBundle,
  verifyEnvelopeBundle,
  verifyMessageBundle,
} from "#shared/signing/sigstore-bundle.ts";
import { flipTextBit, localEcdsaSigner } from "./local-signer.ts";

const signer = localEcdsaSigner();
const other = localEcdsaSigner();
const file = Buffer.from("a release of hearth\n");
const digest = createHash("sha256").update(file).digest();
const content = {
  payloadType: "application/vnd.in-toto+json",
  payload: Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}'),
};
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** What @sigstore/verify makes of a bundle when only this key counts, found by the hint of attestations made with it. */
function sigstoreAccepts(bundle: unknown, key: PublicKey, artifact?: Buffer): boolean {
  const roots = { mediaType: "", tlogs: [], ctlogs: [], certificateAuthorities: [], timestampAuthorities: [] };
  const hint = createHash("sha256").update(key.spki).digest("base64");
  const trust = toTrustMaterial(roots, (asked) => {
    if (asked !== hint) throw new Error("unknown hint");
    return { publicKey: key.object, validFor: () => true };
  });
  try {
    const entity = toSignedEntity(bundleFromJSON(bundle), artifact);
    new Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 }).verify(entity);
    return true;
  } catch {
    return false;
  }
}

describe("a bundle over a file", () => {
  it("has the shape that cosign reads", async () => {
    expect(await signMessageBundle(digest, signer)).toEqual({
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      verificationMaterial: {
        publicKey: { hint: createHash("sha256").update(signer.publicKey.spki).digest("base64") },
      },
      messageSignature: {
        messageDigest: { algorithm: "SHA2_256", digest: digest.toString("base64") },
        signature: expect.stringMatching(/^ME[QUY]/),
      },
    });
  });

  it("is accepted by @sigstore/verify, for its file and key alone", async () => {
    const bundle = asJson(await signMessageBundle(digest, signer));
    expect(sigstoreAccepts(bundle, signer.publicKey, file)).toBe(true);
    expect(sigstoreAccepts(bundle, signer.publicKey, Buffer.from("another"))).toBe(false);
    expect(sigstoreAccepts(bundle, other.publicKey, file)).toBe(false);
  });

  it("is accepted by us, for its file and key alone", async () => {
    const bundle = asJson(await signMessageBundle(digest, signer));
    expect(verifyMessageBundle(bundle, file, [other.publicKey, signer.publicKey])).toBe(true);
    expect(verifyMessageBundle(bundle, Buffer.from("another"), [signer.publicKey])).toBe(false);
    expect(verifyMessageBundle(bundle, file, [other.publicKey])).toBe(false);
  });

  it("fails with any bit of its JSON flipped", async () => {
    const text = JSON.stringify(await signMessageBundle(digest, signer));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length * 8 - 1 }), (bit) => {
        expect(verifyMessageBundle(parsed(flipTextBit(text, bit)), file, [signer.publicKey])).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("a bundle around an envelope", () => {
  it("is accepted by @sigstore/verify, for its key alone", async () => {
    const bundle = asJson(await signEnvelopeBundle(content, signer));
    expect(sigstoreAccepts(bundle, signer.publicKey)).toBe(true);
    expect(sigstoreAccepts(bundle, other.publicKey)).toBe(false);
  });

  it("is accepted by us, and says what it says", async () => {
    const bundle = asJson(await signEnvelopeBundle(content, signer));
    expect(Buffer.from(verifyEnvelopeBundle(bundle, [signer.publicKey])?.payload ?? [])).toEqual(content.payload);
    expect(verifyEnvelopeBundle(bundle, [other.publicKey])).toBeUndefined();
    expect(verifyEnvelopeBundle(asJson(await signMessageBundle(digest, signer)), [signer.publicKey])).toBeUndefined();
  });

  it("is refused by both when the payload was changed", async () => {
    const bundle = await signEnvelopeBundle(content, signer);
    const payload = Buffer.from('{"_type":"another"}').toString("base64");
    const changed = asJson({ ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload } });
    expect(sigstoreAccepts(changed, signer.publicKey)).toBe(false);
    expect(verifyEnvelopeBundle(changed, [signer.publicKey])).toBeUndefined();
  });
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
