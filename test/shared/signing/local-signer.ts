import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";
import { readSpki } from "#shared/signing/public-key.ts";
import type { EcdsaSigner, Ed25519Signer } from "#shared/signing/signer.ts";

/** Signers with the private key in memory, for tests that are not about KMS. */
export function localEcdsaSigner(
  privateKey: KeyObject = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
): EcdsaSigner {
  const secret = Buffer.from(privateKey.export({ format: "jwk" }).d ?? "", "base64url");
  return {
    algorithm: "ES256",
    publicKey: publicKeyOf(privateKey),
    // node:crypto hashes whatever it is to sign.
    signDigest: async (digest) => p256.sign(digest, secret, { prehash: false, lowS: false, format: "der" }),
  };
}

export function localEd25519Signer(privateKey: KeyObject = generateKeyPairSync("ed25519").privateKey): Ed25519Signer {
  return {
    algorithm: "Ed25519",
    publicKey: publicKeyOf(privateKey),
    signMessage: async (message) => sign(null, message, privateKey),
  };
}

/** An Ed25519 key from the 32 bytes of RFC 8032. */
export function ed25519FromSeed(seed: Uint8Array): KeyObject {
  const key = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  return createPrivateKey({ key, type: "pkcs8", format: "der" });
}

const publicKeyOf = (privateKey: KeyObject) =>
  readSpki(createPublicKey(privateKey).export({ type: "spki", format: "der" }));

/** The bytes with one bit turned over. */
export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  const at = Math.floor(bit / 8) % flipped.length;
  flipped[at] = (flipped[at] ?? 0) ^ (1 << (bit % 8));
  return flipped;
}

/** A text of one byte a character with one bit turned over; it may become one that is no longer UTF-8. */
export const flipTextBit = (text: string, bit: number): string =>
  Buffer.from(flipBit(Buffer.from(text), bit)).toString("utf8");
