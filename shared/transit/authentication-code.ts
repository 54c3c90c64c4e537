/** Authentication codes with a named key: HMAC-SHA-256 inside KMS, one call each. */
import { Failure } from "#shared/failure.ts";
import type { KeyInUse } from "./encryption.ts";
import { findVersion, requirePurpose, versionState, writingVersion } from "./key.ts";
import { mostMacBytes } from "./key-service.ts";

export interface Authenticated {
  readonly hmac: Uint8Array;
  readonly version: number;
}

/** @throws Failure for a key of another purpose, an empty message, and one that is too long for KMS */
export async function authenticate(use: KeyInUse, message: Uint8Array, asked?: number): Promise<Authenticated> {
  requirePurpose(use.key, "hmac");
  requireMacLength(message);
  const { kmsKey, version } = writingVersion(use.key, asked, use.now);
  return { hmac: await use.service.mac(kmsKey, message), version };
}

/** Whether the code is one of this message by that version; a version that may not be used any more verifies nothing. */
export async function verifyCode(
  use: KeyInUse,
  message: Uint8Array,
  { hmac, version: number }: Authenticated,
): Promise<boolean> {
  requirePurpose(use.key, "hmac");
  requireMacLength(message);
  const version = findVersion(use.key, number);
  if (!version || number < use.key.minDecryptVersion || versionState(version, use.now) !== "enabled") return false;
  return use.service.verifiesMac(version.kmsKey, message, hmac);
}

function requireMacLength({ length }: Uint8Array): void {
  if (length === 0 || length > mostMacBytes)
    throw new Failure(
      "invalid",
      `A message has 1 to ${String(mostMacBytes)} bytes. Authenticate the digest of a longer one.`,
    );
}
