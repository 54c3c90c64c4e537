/**
 * The ciphertext that transit hands out, self-describing: `candor:v<version>:<base64url without padding>`.
 *
 * | bytes of the decoded part | what |
 * | --- | --- |
 * | 2 | length of the wrapped data key, big-endian |
 * | that many | the data key as KMS wrapped it |
 * | the rest | the sealed stream of `shared/sealing/stream.ts`: header, chunks of AES-256-GCM |
 *
 * The stream is bound to tenant, purpose (key name) and object. Version and wrapped key stand outside of what it
 * authenticates: KMS binds the wrapped key to tenant and key by its encryption context, so a rewrap changes both and no
 * byte of the stream.
 */
import { Failure } from "#shared/failure.ts";
import type { Binding } from "#shared/sealing/binding.ts";

export interface Ciphertext {
  /** Version of the named key that wrapped the data key. */
  readonly version: number;
  readonly wrappedKey: Uint8Array;
  readonly stream: Uint8Array;
}

/** A wrapped key of KMS is under 300 bytes; one from another account's key no longer. */
const wrappedKeyAtMost = 1_024;
const form = /^candor:v([1-9][0-9]{0,8}):([A-Za-z0-9_-]+)$/;

export function formatCiphertext({ version, wrappedKey, stream }: Ciphertext): string {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(wrappedKey.length);
  return `candor:v${String(version)}:${Buffer.concat([length, wrappedKey, stream]).toString("base64url")}`;
}

/** Throws the one failure that everything undecipherable gets. Text that is not the canonical base64url of its bytes is refused. */
export function parseCiphertext(text: string): Ciphertext {
  const [, version, encoded] = form.exec(text) ?? [];
  if (version === undefined || encoded === undefined) throw undecipherable();
  const bytes = Buffer.from(encoded, "base64url");
  if (bytes.length < 2 || bytes.toString("base64url") !== encoded) throw undecipherable();
  const length = bytes.readUInt16BE(0);
  if (length === 0 || length > wrappedKeyAtMost || bytes.length <= 2 + length) throw undecipherable();
  return { version: Number(version), wrappedKey: bytes.subarray(2, 2 + length), stream: bytes.subarray(2 + length) };
}

/** One text for a wrong key, tenant, purpose or object, a version that may not be used, and damage of any kind: no oracle. */
export const undecipherable = (): Failure =>
  new Failure("undecipherable", "This ciphertext can't be decrypted with this key and object.");

/** What a stream is bound to. `object` names what the caller encrypts; another name does not open it. */
export const transitBinding = (tenant: string, key: string, object: string): Binding => ({
  tenant,
  purpose: `transit/${key}`,
  object,
});
