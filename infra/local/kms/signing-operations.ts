import { createPublicKey, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { KmsError } from "./errors.ts";
import { currentMaterial, type Key, publicFacts, requireAlgorithm, requireUsable } from "./key.ts";
import { specOf } from "./key-spec.ts";
import { mac, macAlgorithmNames } from "./mac.ts";
import { base64, blob, keyReference, operation, usableKey } from "./operation.ts";
import { type SigningAlgorithm, signingAlgorithm, signingAlgorithmNames, spki } from "./signature.ts";

const signInput = z.strictObject({
  KeyId: keyReference,
  Message: blob(1, 4096),
  MessageType: z.enum(["RAW", "DIGEST"]).default("RAW"),
  SigningAlgorithm: z.enum(signingAlgorithmNames),
});
const macInput = z.strictObject({
  KeyId: keyReference,
  Message: blob(1, 4096),
  MacAlgorithm: z.enum(macAlgorithmNames),
});

/** How a digest is signed and verified. @throws KmsError ValidationException for another length, or where KMS takes messages only */
function overDigest(algorithm: SigningAlgorithm, digest: Buffer) {
  const way = signingAlgorithm(algorithm).digest;
  if (!way) throw new KmsError("ValidationException", `Algorithm ${algorithm} takes a RAW message, not a DIGEST.`);
  if (digest.length !== 32)
    throw new KmsError(
      "ValidationException",
      `Digest is invalid length for algorithm ${algorithm}: give the 32 bytes of SHA-256.`,
    );
  return way;
}

/** Signatures and message authentication codes. */
export const signingOperations = {
  Sign: operation(signInput, async (input, request) => {
    const { SigningAlgorithm: algorithm, Message: message } = input;
    const key = await usableKey(request, "Sign", "SIGN_VERIFY", input.KeyId);
    requireAlgorithm(key, algorithm);
    const secret = currentMaterial(key).key;
    const signature =
      input.MessageType === "RAW"
        ? signingAlgorithm(algorithm).sign(secret, message)
        : overDigest(algorithm, message).sign(secret, message, request.random);
    return { KeyId: key.arn, Signature: base64(signature), SigningAlgorithm: algorithm };
  }),

  Verify: operation(signInput.extend({ Signature: blob(1, 6144) }), async (input, request) => {
    const { SigningAlgorithm: algorithm, Message: message, Signature: signature } = input;
    const key = await usableKey(request, "Verify", "SIGN_VERIFY", input.KeyId);
    requireAlgorithm(key, algorithm);
    const publicKey = createPublicKey(currentMaterial(key).key);
    const way = input.MessageType === "RAW" ? signingAlgorithm(algorithm) : overDigest(algorithm, message);
    if (!way.verify(publicKey, message, signature))
      throw new KmsError("KMSInvalidSignatureException", "The signature is not one of this message by this key.");
    return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm: algorithm };
  }),

  GetPublicKey: operation(z.strictObject({ KeyId: keyReference }), async ({ KeyId }, request) => {
    const key = request.store.find(KeyId);
    await request.allow("GetPublicKey", key);
    requireAsymmetric(key);
    requireUsable(key, "SIGN_VERIFY", "GetPublicKey");
    return { KeyId: key.arn, PublicKey: base64(spki(currentMaterial(key).key)), ...publicFacts(key) };
  }),

  GenerateMac: operation(macInput, async (input, request) => {
    const key = await usableKey(request, "GenerateMac", "GENERATE_VERIFY_MAC", input.KeyId);
    requireAlgorithm(key, input.MacAlgorithm);
    const code = mac(input.MacAlgorithm, currentMaterial(key).key, input.Message);
    return { KeyId: key.arn, Mac: base64(code), MacAlgorithm: input.MacAlgorithm };
  }),

  VerifyMac: operation(macInput.extend({ Mac: blob(1, 6144) }), async (input, request) => {
    const key = await usableKey(request, "VerifyMac", "GENERATE_VERIFY_MAC", input.KeyId);
    requireAlgorithm(key, input.MacAlgorithm);
    const code = mac(input.MacAlgorithm, currentMaterial(key).key, input.Message);
    if (code.length !== input.Mac.length || !timingSafeEqual(code, input.Mac))
      throw new KmsError("KMSInvalidMacException", "The code is not one of this message by this key.");
    return { KeyId: key.arn, MacValid: true, MacAlgorithm: input.MacAlgorithm };
  }),
};

/** KMS says it this way here, and speaks of key usage everywhere else. */
function requireAsymmetric(key: Key): void {
  if (specOf(key.spec).usage !== "SIGN_VERIFY")
    throw new KmsError("UnsupportedOperationException", `${key.arn} of spec ${key.spec} has no public key.`);
}
