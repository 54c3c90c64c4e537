import { createHash, verify } from "node:crypto";
import { DisableKeyCommand, EnableKeyCommand, GetPublicKeyCommand } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectSigner } from "#shared/aws/signer.ts";
import { KeyUnavailable } from "#shared/sealing/vault.ts";
import { verifyEnvelope } from "#shared/signing/dsse.ts";
import { signJws, verifyJws } from "#shared/signing/jws.ts";
import { Malformed } from "#shared/signing/malformed.ts";
import { formatNote, noteVerifier, signNote, verifyNote } from "#shared/signing/note.ts";
import { signClearText, verifyClearText } from "#shared/signing/openpgp/clear-text.ts";
import { signDetached, verifyDetached } from "#shared/signing/openpgp/detached-signature.ts";
import type { Signer } from "#shared/signing/signer.ts";
import { mostMessageBytes, sign } from "#shared/signing/signer.ts";
import { signEnvelopeBundle, signMessageBundle, verifyMessageBundle } from "#shared/signing/sigstore-bundle.ts";
import { type KmsUnderTest, kmsUnderTest } from "#test/infra/local/kms/kms-under-test.ts";

const credentials = { accessKeyId: "AKIATESTER", secretAccessKey: "any" };
const at = new Date("2026-11-21T12:00:00Z");
const message = Buffer.from("Nothing shown has to be believed.\n");

let kms: KmsUnderTest;
beforeAll(async () => {
  kms = await kmsUnderTest();
});
afterAll(() => kms.stop());

const connectionTo = (keyId: string) => ({ region: "us-east-1", endpoint: kms.url, credentials, keyId });

describe.each([
  { spec: "ECC_NIST_P256", hash: "sha256", longest: 1_000_000 },
  { spec: "ECC_NIST_EDWARDS25519", hash: null, longest: mostMessageBytes },
] as const)("a signer with KMS behind it, $spec", ({ spec, hash, longest }) => {
  let keyId: string;
  let signer: Signer;
  beforeAll(async () => {
    keyId = await kms.newKey({ KeySpec: spec, KeyUsage: "SIGN_VERIFY" });
    signer = await connectSigner(connectionTo(keyId));
  });

  it("has the public key that KMS gives", async () => {
    const { PublicKey } = await kms.client.send(new GetPublicKeyCommand({ KeyId: keyId }));
    expect(signer.publicKey.spki).toEqual(PublicKey);
  });

  it("signs what node:crypto verifies, up to the longest that its kind of key takes, with one call each", async () => {
    for (const length of [0 + 1, mostMessageBytes, longest]) {
      const before = kms.calls.Sign;
      const long = Buffer.alloc(length, "a");
      expect(verify(hash, long, signer.publicKey.object, await sign(signer, long))).toBe(true);
      expect(kms.calls.Sign - before).toBe(1);
    }
  });

  it("asks KMS for no key that is known already", async () => {
    const before = { ...kms.calls };
    const again = await connectSigner({ ...connectionTo(keyId), spki: signer.publicKey.spki });
    await sign(again, message);
    expect(kms.calls.GetPublicKey - before.GetPublicKey).toBe(0);
    expect(kms.calls.Sign - before.Sign).toBe(1);
  });

  it("makes JWS, notes and OpenPGP signatures, one call each", async () => {
    const before = kms.calls.Sign;
    const jws = await signJws(message, "text", signer);
    expect((await verifyJws(jws, { keyFor: () => signer.publicKey }))?.payload).toEqual(new Uint8Array(message));

    const note = formatNote("text\n", [await signNote("text\n", "candor.example", signer)]);
    expect(verifyNote(note, [noteVerifier("candor.example", signer.publicKey)])?.text).toBe("text\n");

    const own = { key: { publicKey: signer.publicKey, createdAt: at }, signer };
    const long = Buffer.alloc(100_000, "a");
    expect(verifyDetached(long, await signDetached(long, at, own), own.key)?.signedAt).toEqual(at);
    expect(verifyClearText(await signClearText("text", at, own), own.key)?.text).toBe("text\n");
    expect(kms.calls.Sign - before).toBe(4);
  });

  it("says what to do while its key is shut off", async () => {
    await kms.client.send(new DisableKeyCommand({ KeyId: keyId }));
    await expect(sign(signer, message)).rejects.toThrow(KeyUnavailable);
    await expect(connectSigner(connectionTo(keyId))).rejects.toThrow(KeyUnavailable);
    await kms.client.send(new EnableKeyCommand({ KeyId: keyId }));
    await sign(signer, message);
  });
});

describe("a P-256 signer with KMS behind it", () => {
  it("makes envelopes and bundles, one call each", async () => {
    const signer = await connectSigner(
      connectionTo(await kms.newKey({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" })),
    );
    if (signer.algorithm !== "ES256") throw new Error("not a P-256 key");
    const before = kms.calls.Sign;
    const bundle = await signMessageBundle(createHash("sha256").update(message).digest(), signer);
    expect(verifyMessageBundle(bundle, message, [signer.publicKey])).toBe(true);
    const { dsseEnvelope } = await signEnvelopeBundle({ payloadType: "text", payload: message }, signer);
    expect(verifyEnvelope(dsseEnvelope, [signer.publicKey])?.payload).toEqual(new Uint8Array(message));
    expect(kms.calls.Sign - before).toBe(2);
  });
});

describe("connecting", () => {
  it("refuses a key of another spec", async () => {
    const keyId = await kms.newKey({ KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" });
    await expect(connectSigner(connectionTo(keyId))).rejects.toThrow(Malformed);
  });
});
