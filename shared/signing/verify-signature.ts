import { verify } from "node:crypto";
import { derToP1363 } from "./ecdsa-signature.ts";
import { unlessMalformed } from "./malformed.ts";
import type { PublicKey } from "./public-key.ts";

/** Whether the signature is one of this message by this key: strict DER for ECDSA, 64 bytes for Ed25519 (RFC 8032 §5.1.7). */
export function verifySignature(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.algorithm === "Ed25519") return signature.length === 64 && verify(null, message, key.object, signature);
  const numbers = unlessMalformed(() => derToP1363(signature));
  return numbers !== undefined && verifyP1363(key, message, numbers);
}

/** The same for ECDSA in the form of IEEE P1363, as JWS has it. */
export function verifyP1363(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.algorithm !== "ES256" || signature.length !== 64) return false;
  return verify("sha256", message, { key: key.object, dsaEncoding: "ieee-p1363" }, signature);
}
