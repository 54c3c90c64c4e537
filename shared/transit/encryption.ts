/** Encrypting, decrypting and rewrapping with a named key. Each is one KMS call. */
import { CannotOpen } from "#shared/sealing/cannot-open.ts";
import { newPrefix } from "#shared/sealing/sealed-object.ts";
import { decryptBytes, encryptBytes } from "#shared/sealing/stream.ts";
import { formatCiphertext, parseCiphertext, transitBinding, undecipherable } from "./ciphertext.ts";
import { type KeyVersion, type NamedKey, readingVersion, requirePurpose, writingVersion } from "./key.ts";
import type { KeyService, WrappingKey } from "./key-service.ts";

/** A named key of a tenant, and what serves it. */
export interface KeyInUse {
  readonly tenant: string;
  readonly key: NamedKey;
  readonly service: KeyService;
  readonly now: Date;
}

export interface Encrypted {
  readonly ciphertext: string;
  readonly version: number;
}

/** `object` names what is encrypted, in the caller's words: only under the same name it opens again. */
export async function encrypt(
  use: KeyInUse,
  plaintext: Uint8Array,
  { object = "", version: asked }: { readonly object?: string | undefined; readonly version?: number | undefined } = {},
): Promise<Encrypted> {
  const { version, dataKey, wrappedKey } = await newDataKey(use, asked);
  const stream = encryptBytes(dataKey, transitBinding(use.tenant, use.key.name, object), plaintext, newPrefix());
  return { ciphertext: formatCiphertext({ version, wrappedKey, stream }), version };
}

/** @throws Failure `undecipherable`, with one text for every reason */
export async function decrypt(use: KeyInUse, ciphertext: string, object = ""): Promise<Uint8Array> {
  requirePurpose(use.key, "encryption");
  const { version, wrappedKey, stream } = parseCiphertext(ciphertext);
  return undecipherableUnlessOpen(async () => {
    const dataKey = await unwrapDataKey(use, version, wrappedKey);
    return decryptBytes(dataKey, transitBinding(use.tenant, use.key.name, object), stream);
  });
}

/** The same ciphertext under the newest version. KMS wraps the data key anew; nothing is opened here. @throws Failure */
export async function rewrap(use: KeyInUse, ciphertext: string): Promise<Encrypted> {
  requirePurpose(use.key, "encryption");
  const { version, wrappedKey, stream } = parseCiphertext(ciphertext);
  const moved = await rewrapDataKey(use, version, wrappedKey);
  return { ciphertext: formatCiphertext({ ...moved, stream }), version: moved.version };
}

/** A fresh data key, in clear and wrapped. */
export async function newDataKey(use: KeyInUse, asked?: number) {
  requirePurpose(use.key, "encryption");
  const version = writingVersion(use.key, asked, use.now);
  const { plaintext: dataKey, wrapped: wrappedKey } = await use.service.newDataKey(wrappingKey(use, version));
  return { version: version.version, dataKey, wrappedKey };
}

/** @throws CannotOpen, Failure */
export async function unwrapDataKey(use: KeyInUse, version: number, wrappedKey: Uint8Array): Promise<Uint8Array> {
  return use.service.unwrap(wrappingKey(use, readingVersion(use.key, version, use.now)), wrappedKey);
}

/** @throws Failure */
export async function rewrapDataKey(use: KeyInUse, version: number, wrappedKey: Uint8Array) {
  const from = readingVersion(use.key, version, use.now);
  const to = writingVersion(use.key, undefined, use.now);
  const wrapped = await undecipherableUnlessOpen(() =>
    use.service.rewrap(wrappedKey, wrappingKey(use, from), wrappingKey(use, to)),
  );
  return { version: to.version, wrappedKey: wrapped };
}

/** Every reason that something does not open becomes the one failure. */
export async function undecipherableUnlessOpen<Answer>(open: () => Promise<Answer>): Promise<Answer> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof CannotOpen) throw undecipherable();
    throw error;
  }
}

const wrappingKey = ({ tenant, key }: KeyInUse, { kmsKey, version }: KeyVersion): WrappingKey => ({
  kmsKey,
  context: { tenant, purpose: "transit", key: key.name, version: String(version) },
});
