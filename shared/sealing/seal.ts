import { type Binding, encodeBinding } from "./binding.ts";
import { CannotOpen } from "./cannot-open.ts";
import type { SealingPrivateKey, SealingPublicKey } from "./sealing-key.ts";
import { type Context, SUITES } from "./suite.ts";

/**
 * Small values sealed to a public key (HPKE, RFC 9180, base mode).
 *
 * | bytes | what |
 * | --- | --- |
 * | 1 | format version, 1 |
 * | 1 | suite number, see SUITES |
 * | encLength (32 for X25519) | encapsulated key |
 * | the rest | ciphertext and tag (plaintext + 16) |
 *
 * `info` is the encoded binding under the context below, `aad` the first two bytes.
 */
const FORMAT_VERSION = 1;
const PREAMBLE_LENGTH = 2;
const CONTEXT = "candor seal v1";

/** Seals a value that is held in memory. Throws when the public key is not one, or the binding cannot be encoded. */
export async function seal(to: SealingPublicKey, plaintext: Uint8Array, binding: Binding): Promise<Uint8Array> {
  const suite = SUITES[to.suite];
  const preamble = Uint8Array.of(FORMAT_VERSION, suite.number);
  const { enc, ciphertext } = await suite.seal(to.publicKey, plaintext, context(preamble, binding));
  return Buffer.concat([preamble, enc, ciphertext]);
}

/** Opens what `seal` made for the same binding. Throws CannotOpen for anything else. */
export async function open(key: SealingPrivateKey, sealed: Uint8Array, binding: Binding): Promise<Uint8Array> {
  const suite = SUITES[key.suite];
  const preamble = sealed.subarray(0, PREAMBLE_LENGTH);
  if (preamble[0] !== FORMAT_VERSION || preamble[1] !== suite.number) throw new CannotOpen();
  const enc = sealed.subarray(PREAMBLE_LENGTH, PREAMBLE_LENGTH + suite.encLength);
  const ciphertext = sealed.subarray(PREAMBLE_LENGTH + suite.encLength);
  const bound = context(preamble, binding);
  try {
    return await suite.open(key.privateKey, enc, ciphertext, bound);
  } catch {
    throw new CannotOpen();
  }
}

function context(preamble: Uint8Array, binding: Binding): Context {
  return { info: encodeBinding(CONTEXT, binding), aad: preamble };
}
