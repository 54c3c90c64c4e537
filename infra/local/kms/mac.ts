import { createHmac, type KeyObject } from "node:crypto";

const hashes = { HMAC_SHA_256: "sha256", HMAC_SHA_384: "sha384", HMAC_SHA_512: "sha512" } as const;

export type MacAlgorithm = keyof typeof hashes;
export const macAlgorithmNames = Object.keys(hashes) as [MacAlgorithm, ...MacAlgorithm[]];

/** HMAC (RFC 2104), by KMS's name of the algorithm. */
export const mac = (algorithm: MacAlgorithm, key: KeyObject, message: Uint8Array): Buffer =>
  createHmac(hashes[algorithm], key).update(message).digest();
