/** Signatures with a named key (ECDSA, P-256, SHA-256). Signing is one KMS call; verifying a message is none. */
import { hash } from "node:crypto";
import { Failure } from "#shared/failure.ts";
import { derToP1363, p1363ToDer } from "#shared/signing/ecdsa-signature.ts";
import { unlessMalformed } from "#shared/signing/malformed.ts";
import { type PublicKey, readSpki } from "#shared/signing/public-key.ts";
import { verifySignature } from "#shared/signing/verify-signature.ts";
import type { KeyInUse } from "./encryption.ts";
import { findVersion, type KeyVersion, requirePurpose, writingVersion } from "./key.ts";

/** A whole message, or its SHA-256 digest (32 bytes) where it is too large to send. */
export type ToSign = { readonly message: Uint8Array } | { readonly digest: Uint8Array };

/** `der` as in X.509, cosign and most libraries (RFC 3279 section 2.2.3); `p1363` as in JWS: r and s, 64 bytes. */
export type SignatureForm = "der" | "p1363";

export interface Signed {
  readonly signature: Uint8Array;
  readonly version: number;
}

/** @throws Failure for a key of another purpose, and a version that may not sign */
export async function sign(
  use: KeyInUse,
  given: ToSign,
  { form = "der", version: asked }: { readonly form?: SignatureForm; readonly version?: number | undefined } = {},
): Promise<Signed> {
  requirePurpose(use.key, "signing");
  const { kmsKey, version } = writingVersion(use.key, asked, use.now);
  const digest = "digest" in given ? given.digest : hash("sha256", given.message, "buffer");
  const der = await use.service.signDigest(kmsKey, digest);
  return { signature: form === "der" ? der : derToP1363(der), version };
}

/**
 * The version that made a signature, newest first; `undefined` where none did. What a retired version signed stays good. A
 * digest is verified by KMS, so it takes a version that is enabled: the newest, if none is named.
 */
export async function verify(
  use: KeyInUse,
  given: ToSign,
  signature: Uint8Array,
  { form = "der", version: asked }: { readonly form?: SignatureForm; readonly version?: number | undefined } = {},
): Promise<KeyVersion | undefined> {
  requirePurpose(use.key, "signing");
  const der = form === "der" ? signature : unlessMalformed(() => p1363ToDer(signature));
  if (der === undefined || unlessMalformed(() => derToP1363(der)) === undefined) return undefined;
  if ("digest" in given) {
    const version = writingVersion(use.key, asked, use.now);
    return (await use.service.verifiesDigest(version.kmsKey, given.digest, der)) ? version : undefined;
  }
  const named = asked === undefined ? undefined : findVersion(use.key, asked);
  const candidates = asked === undefined ? use.key.versions.toReversed() : named ? [named] : [];
  return candidates.find((version) => verifySignature(publicKeyOf(version), given.message, der));
}

/** The public half of a signing version. */
export function publicKeyOf({ spki }: KeyVersion): PublicKey {
  if (spki === undefined) throw new Failure("conflict", "This version has no public key. Use a key made for signing.");
  return readSpki(spki);
}
