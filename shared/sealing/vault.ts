/** What KMS does for us: a port. `shared/aws/vault.ts` speaks KMS behind it. */

/** What a wrapped key is bound to; becomes the KMS encryption context. Rights are granted by it. */
export interface WrapContext extends Readonly<Record<string, string>> {
  readonly tenant: string;
  readonly purpose: "conversation" | "outbox" | "quarantine";
  /** The conversation's id, or the purpose again where a tenant has one key for it. */
  readonly object: string;
}

export interface Wrapper {
  /** Wraps a private key, at most 4,096 bytes. One KMS call. */
  wrap(privateKey: Uint8Array, context: WrapContext): Promise<Uint8Array>;
}

export interface Unwrapper {
  /** Unwraps a private key under the same context. One KMS call. Throws `KeyUnavailable` while the key is shut off. */
  unwrap(wrapped: Uint8Array, context: WrapContext): Promise<Uint8Array>;
}

export interface Digester {
  /** A 256-bit HMAC by a key that never leaves KMS. One KMS call. */
  mac(message: Uint8Array): Promise<Uint8Array>;
}

/** The KMS key that is needed is disabled or waits for deletion. */
export class KeyUnavailable extends Error {
  override readonly name = "KeyUnavailable";
}
