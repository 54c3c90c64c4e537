import { hkdfSync, randomBytes } from "node:crypto";
import { type Binding, encodeFields } from "./binding.ts";
import { open, seal } from "./seal.ts";
import type { SealingPrivateKey, SealingPublicKey } from "./sealing-key.ts";
import { encryptBytes } from "./stream.ts";
import { PREFIX_LENGTH } from "./stream-layout.ts";

/**
 * One HPKE operation a message: its key is sealed once, and every part of it (the content in the item, the raw mail,
 * an attachment) is encrypted under a key of its own, derived from that one by the part's label.
 */
const CONTEXT = "candor content key v1";
const KEY_LENGTH = 32;
const OBJECT_LABEL = "object";

/** 32 random bytes. */
export function newMessageKey(): Uint8Array {
  return randomBytes(KEY_LENGTH);
}

/** Seals a message key, to be kept beside what it encrypts. */
export function sealMessageKey(to: SealingPublicKey, binding: Binding, messageKey: Uint8Array): Promise<Uint8Array> {
  return seal(to, messageKey, binding);
}

/** Throws CannotOpen. */
export function openMessageKey(key: SealingPrivateKey, binding: Binding, sealedKey: Uint8Array): Promise<Uint8Array> {
  return open(key, sealedKey, binding);
}

/**
 * The 32-byte key of one part of a message: HKDF-SHA256 (RFC 5869), no salt, the label in `info`. A label names one part,
 * written once: two different plaintexts under one label would share a key.
 */
export function contentKey(messageKey: Uint8Array, label: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", messageKey, new Uint8Array(), encodeFields(CONTEXT, label), KEY_LENGTH));
}

/** Seals an object that stands alone. The same binding holds for the sealed key and the body. */
export async function sealObject(
  to: SealingPublicKey,
  binding: Binding,
  bytes: Uint8Array,
): Promise<{ sealedKey: Uint8Array; body: Buffer }> {
  const messageKey = newMessageKey();
  const sealedKey = await sealMessageKey(to, binding, messageKey);
  return { sealedKey, body: encryptBytes(contentKey(messageKey, OBJECT_LABEL), binding, bytes, newPrefix()) };
}

/** The key that opens the body of a sealed object. Throws CannotOpen. */
export async function openObjectKey(
  key: SealingPrivateKey,
  binding: Binding,
  sealedKey: Uint8Array,
): Promise<Uint8Array> {
  return contentKey(await openMessageKey(key, binding, sealedKey), OBJECT_LABEL);
}

/** A nonce prefix for `encryptBytes` and `encryptStream`. */
export function newPrefix(): Uint8Array {
  return randomBytes(PREFIX_LENGTH);
}
