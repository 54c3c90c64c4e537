/**
 * The ciphertext that transit hands out, self-describing: `candor:v<version>:<base64url without padding>`. As a stream its
 * bytes follow the second colon as they are. FORMAT.md has it all on one page.
 *
 * | bytes after the second colon | what |
 * | --- | --- |
 * | 2 | length of the wrapped data key, big-endian |
 * | that many | the data key as KMS wrapped it |
 * | the rest | the sealed stream of `shared/sealing/stream.ts`: header, chunks of AES-256-GCM |
 *
 * The stream is bound to tenant, purpose (key name) and object. Version and wrapped key stand outside of what it
 * authenticates: KMS binds the wrapped key to tenant, key and version by its encryption context, so a rewrap changes both and
 * no byte of the stream.
 */
import { Failure } from "#shared/failure.ts";
import type { Binding } from "#shared/sealing/binding.ts";

/** What stands before the sealed stream. */
export interface Head {
  /** Version of the named key that wrapped the data key. */
  readonly version: number;
  readonly wrappedKey: Uint8Array;
}

export interface Ciphertext extends Head {
  readonly stream: Uint8Array;
}

/** A wrapped key of KMS is under 300 bytes; one from another account's key no longer. */
const wrappedKeyAtMost = 1_024;
const prefixForm = /^candor:v([1-9][0-9]{0,8}):/;
const form = /^candor:v[1-9][0-9]{0,8}:([A-Za-z0-9_-]+)$/;

/** No head of a stream is longer than this. */
export const headAtMost = "candor:v999999999:".length + 2 + wrappedKeyAtMost;

export function formatCiphertext({ stream, ...head }: Ciphertext): string {
  return `${prefix(head)}${Buffer.concat([framedKey(head), stream]).toString("base64url")}`;
}

/** Throws the one failure that everything undecipherable gets. Text that is not the canonical base64url of its bytes is refused. */
export function parseCiphertext(text: string): Ciphertext {
  const encoded = form.exec(text)?.[1];
  if (encoded === undefined) throw undecipherable();
  const bytes = Buffer.from(encoded, "base64url");
  if (bytes.toString("base64url") !== encoded) throw undecipherable();
  const { wrappedKey, length } = readFramedKey(bytes);
  return { version: versionOf(text), wrappedKey, stream: bytes.subarray(length) };
}

/** The first bytes of a stream. */
export function formatHead(head: Head): Uint8Array {
  return Buffer.concat([Buffer.from(prefix(head), "latin1"), framedKey(head)]);
}

/** Reads the head from the first `headAtMost` bytes of a stream, or all there are. `length`: of the head. Throws as `parseCiphertext`. */
export function parseHead(start: Uint8Array): Head & { readonly length: number } {
  const bytes = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  const text = bytes.toString("latin1", 0, headAtMost);
  const version = versionOf(text);
  const begun = prefixForm.exec(text)?.[0].length ?? 0;
  const { wrappedKey, length } = readFramedKey(bytes.subarray(begun));
  return { version, wrappedKey: Uint8Array.from(wrappedKey), length: begun + length };
}

const prefix = ({ version }: Head): string => `candor:v${String(version)}:`;

function versionOf(text: string): number {
  const version = prefixForm.exec(text)?.[1];
  if (version === undefined) throw undecipherable();
  return Number(version);
}

function framedKey({ wrappedKey }: Head): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(wrappedKey.length);
  return Buffer.concat([length, wrappedKey]);
}

function readFramedKey(bytes: Buffer): { wrappedKey: Uint8Array; length: number } {
  if (bytes.length < 2) throw undecipherable();
  const length = 2 + bytes.readUInt16BE(0);
  if (length === 2 || length > 2 + wrappedKeyAtMost || bytes.length <= length) throw undecipherable();
  return { wrappedKey: bytes.subarray(2, length), length };
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
