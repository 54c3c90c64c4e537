import { constants, createPublicKey, type KeyObject, privateEncrypt, publicDecrypt, sign, verify } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";
import type { Random } from "./key-spec.ts";
import { signPssDigest, verifyPssDigest } from "./rsa-pss.ts";

interface Algorithm {
  readonly sign: (key: KeyObject, message: Uint8Array) => Buffer;
  readonly verify: (key: KeyObject, message: Uint8Array, signature: Uint8Array) => boolean;
  /** The same over a SHA-256 digest; absent where KMS signs messages only. */
  readonly digest?: {
    readonly sign: (key: KeyObject, digest: Uint8Array, random: Random) => Uint8Array;
    readonly verify: (key: KeyObject, digest: Uint8Array, signature: Uint8Array) => boolean;
  };
}

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
const pkcs1 = constants.RSA_PKCS1_PADDING;

/** The DER of DigestInfo before a SHA-256 digest (RFC 8017 §9.2, note 1). */
const sha256DigestInfo = Buffer.from("3031300d060960864801650304020105000420", "hex");

// node:crypto's ECDSA hashes what it is given, whatever the algorithm: digests go to another library.
const digestAsIs = { prehash: false, lowS: false, format: "der" } as const;

/** Every signing algorithm, by KMS's name. Keys to sign with are private, keys to verify with public. */
export const signingAlgorithms = {
  ECDSA_SHA_256: {
    sign: (key, message) => sign("sha256", message, key),
    verify: (key, message, signature) => verify("sha256", message, key, signature),
    digest: {
      sign: (key, digest) => p256.sign(digest, coordinate(key.export({ format: "jwk" }).d), digestAsIs),
      verify: (key, digest, signature) => p256.verify(signature, digest, pointOf(key), digestAsIs),
    },
  },
  ED25519_SHA_512: {
    sign: (key, message) => sign(null, message, key),
    verify: (key, message, signature) => verify(null, message, key, signature),
  },
  RSASSA_PKCS1_V1_5_SHA_256: {
    sign: (key, message) => sign("sha256", message, key),
    verify: (key, message, signature) => verify("sha256", message, key, signature),
    digest: {
      sign: (key, digest) => privateEncrypt({ key, padding: pkcs1 }, Buffer.concat([sha256DigestInfo, digest])),
      verify: verifyPkcs1Digest,
    },
  },
  RSASSA_PSS_SHA_256: {
    sign: (key, message) => sign("sha256", message, { key, ...pss }),
    verify: (key, message, signature) => verify("sha256", message, { key, ...pss }, signature),
    digest: { sign: signPssDigest, verify: verifyPssDigest },
  },
} as const satisfies Record<string, Algorithm>;

export type SigningAlgorithm = keyof typeof signingAlgorithms;
export const signingAlgorithmNames = Object.keys(signingAlgorithms) as [SigningAlgorithm, ...SigningAlgorithm[]];
export const signingAlgorithm = (name: SigningAlgorithm): Algorithm => signingAlgorithms[name];

/** Subject public key info (RFC 5280 §4.1), DER. */
export const spki = (privateKey: KeyObject): Buffer =>
  createPublicKey(privateKey).export({ type: "spki", format: "der" });

function verifyPkcs1Digest(key: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  try {
    return publicDecrypt({ key, padding: pkcs1 }, signature).equals(Buffer.concat([sha256DigestInfo, digest]));
  } catch {
    return false; // not of the modulus' length, or padded in another way
  }
}

const coordinate = (text: string | undefined) => Buffer.from(text ?? "", "base64url");

/** The uncompressed point of a public key (SEC 1 §2.3.3). */
function pointOf(publicKey: KeyObject): Buffer {
  const { x, y } = publicKey.export({ format: "jwk" });
  return Buffer.concat([Uint8Array.of(4), coordinate(x), coordinate(y)]);
}
