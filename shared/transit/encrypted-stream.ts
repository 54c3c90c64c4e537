/**
 * Bodies of any size in constant memory: the bytes of a ciphertext as they are, not as base64url. See FORMAT.md. One KMS call
 * each, before the first byte of the body.
 */
import type { ByteSource } from "#shared/sealing/byte-reader.ts";
import { CannotOpen } from "#shared/sealing/cannot-open.ts";
import { newPrefix } from "#shared/sealing/sealed-object.ts";
import { decryptStream as openStream, encryptStream as sealStream } from "#shared/sealing/stream.ts";
import { formatHead, headAtMost, parseHead, transitBinding, undecipherable } from "./ciphertext.ts";
import { type KeyInUse, newDataKey, rewrapDataKey, undecipherableUnlessOpen, unwrapDataKey } from "./encryption.ts";
import { requirePurpose } from "./key.ts";

/** Yields the head, then the sealed stream. */
export async function* encryptStream(
  use: KeyInUse,
  source: ByteSource,
  object = "",
): AsyncGenerator<Uint8Array, undefined> {
  const { version, dataKey, wrappedKey } = await newDataKey(use);
  yield formatHead({ version, wrappedKey });
  yield* sealStream(dataKey, transitBinding(use.tenant, use.key.name, object), source, newPrefix());
}

/**
 * Yields plaintext, each piece proven; only the end of the generator proves that nothing is missing.
 * @throws Failure `undecipherable`
 */
export async function* decryptStream(
  use: KeyInUse,
  source: ByteSource,
  object = "",
): AsyncGenerator<Uint8Array, undefined> {
  requirePurpose(use.key, "encryption");
  const { version, wrappedKey, rest } = await readHead(source);
  const dataKey = await undecipherableUnlessOpen(() => unwrapDataKey(use, version, wrappedKey));
  try {
    yield* openStream(dataKey, transitBinding(use.tenant, use.key.name, object), rest);
  } catch (error) {
    throw error instanceof CannotOpen ? undecipherable() : error;
  }
}

/** The same stream under the newest version: another head, the rest byte for byte. @throws Failure */
export async function* rewrapStream(use: KeyInUse, source: ByteSource): AsyncGenerator<Uint8Array, undefined> {
  requirePurpose(use.key, "encryption");
  const { version, wrappedKey, rest } = await readHead(source);
  yield formatHead(await rewrapDataKey(use, version, wrappedKey));
  yield* rest;
}

/** The head, and what follows it: the source's own pieces, for a reader may look ahead while it still holds one. */
async function readHead(source: ByteSource) {
  const pieces = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const held: Uint8Array[] = [];
  for (let length = 0; length < headAtMost; ) {
    const next = await pieces.next();
    if (next.done) break;
    held.push(next.value);
    length += next.value.length;
  }
  const [first] = held;
  // A body that comes in one piece is not copied.
  const start = first && held.length === 1 ? first : Buffer.concat(held);
  async function* restOf(length: number): AsyncGenerator<Uint8Array, undefined> {
    try {
      yield start.subarray(length);
      for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
    } finally {
      await pieces.return?.();
    }
  }
  try {
    const { version, wrappedKey, length } = parseHead(start);
    return { version, wrappedKey, rest: restOf(length) };
  } catch (error) {
    await pieces.return?.();
    throw error;
  }
}
