/** What KMS does for us: a port. `shared/aws/vault.ts` speaks KMS behind it. */

import type { WrappedKey } from "./wrapped-key.ts";

/** What a wrapped key is bound to; becomes the KMS encryption context. Rights are granted by it. */
export interface WrapContext extends Readonly<Record<string, string>> {
  readonly tenant: string;
  readonly purpose: "conversation" | "outbox" | "quarantine";
  /** The conversation's id, or the purpose again where a tenant has one key for it. */
  readonly object: string;
}

/** What a key in the shelter is bound to: see `wrapped-key.ts`. */
export interface ShelterContext extends Readonly<Record<string, string>> {
  readonly tenant: string;
  readonly purpose: "shelter";
  readonly of: WrapContext["purpose"];
  readonly object: string;
}

export interface Wrapper {
  /** ARN of the platform's key for sealing. */
  readonly platformKey: string;
  /** Wraps a private key, at most 4,096 bytes, under a KMS key. One KMS call. Throws `KeyUnavailable` while the key is shut off. */
  wrap(privateKey: Uint8Array, context: WrapContext | ShelterContext, kmsKey: string): Promise<Uint8Array>;
}

export interface Unwrapper {
  /**
   * Unwraps a private key under the same context, with the KMS key that is noted beside it. One KMS call. Throws
   * `KeyUnavailable` while that is shut off, and for a key in the shelter.
   */
  unwrap(key: WrappedKey, context: WrapContext): Promise<Uint8Array>;
}

export interface Digester {
  /** A 256-bit HMAC by a key that never leaves KMS. One KMS call. */
  mac(message: Uint8Array): Promise<Uint8Array>;
}

/** The KMS key that is needed is disabled or waits for deletion. */
export class KeyUnavailable extends Error {
  override readonly name = "KeyUnavailable";
}
