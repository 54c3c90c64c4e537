/** What KMS does for named keys: a port, for one tenant. `shared/aws/key-service.ts` speaks KMS behind it. */
import type { ShelterContext, WrapContext } from "#shared/sealing/vault.ts";
import type { KeyPurpose } from "./key.ts";

/**
 * The KMS encryption context of a data key. Rights are granted by `tenant` and `purpose`. The version is in it so that nobody
 * gets round `minDecryptVersion` by writing another number into a ciphertext whose versions share one KMS key.
 */
interface KeyContext extends Readonly<Record<string, string>> {
  readonly tenant: string;
  readonly purpose: "transit";
  readonly key: string;
  readonly version: string;
}

/** A KMS key by its ARN, and what is bound to it: a data key of a named key, or the private half of a sealing key. */
export interface WrappingKey {
  readonly kmsKey: string;
  readonly context: KeyContext | WrapContext | ShelterContext;
}

/** Every method is one KMS call, and throws `KeyUnavailable` while the key is shut off. */
export interface KeyService {
  /** ARN of the platform's key for transit. */
  readonly platformKey: string;
  /** 32 random bytes, in clear and wrapped. */
  newDataKey(key: WrappingKey): Promise<{ readonly plaintext: Uint8Array; readonly wrapped: Uint8Array }>;
  /** Wraps at most 4,096 bytes. */
  wrap(key: WrappingKey, plaintext: Uint8Array): Promise<Uint8Array>;
  /** @throws CannotOpen for what this key did not wrap, or not in this context */
  unwrap(key: WrappingKey, wrapped: Uint8Array): Promise<Uint8Array>;
  /** Wraps anew inside KMS; the data key is never seen here. @throws CannotOpen */
  rewrap(wrapped: Uint8Array, from: WrappingKey, to: WrappingKey): Promise<Uint8Array>;
  /** DER SubjectPublicKeyInfo. */
  publicKey(kmsKey: string): Promise<Uint8Array>;
  /** ECDSA on P-256 over a SHA-256 digest; answers DER (RFC 3279 section 2.2.3). */
  signDigest(kmsKey: string, sha256: Uint8Array): Promise<Uint8Array>;
  verifiesDigest(kmsKey: string, sha256: Uint8Array, signature: Uint8Array): Promise<boolean>;
  /** HMAC-SHA-256 (RFC 2104) of at most `mostMacBytes`. */
  mac(kmsKey: string, message: Uint8Array): Promise<Uint8Array>;
  verifiesMac(kmsKey: string, message: Uint8Array, mac: Uint8Array): Promise<boolean>;

  /** A new KMS key of the tenant's own, in Candor's account; answers its ARN. */
  create(purpose: KeyPurpose, description: string): Promise<string>;
  /** Why an ARN can't be a key in the tenant's own AWS account; `undefined` where it can. No KMS call. */
  whyNotExternal(kmsKey: string): string | undefined;
  disable(kmsKey: string): Promise<void>;
  enable(kmsKey: string): Promise<void>;
  /** KMS destroys the key after so many days, 7 to 30. A key that waits for it already goes on waiting. */
  scheduleDeletion(kmsKey: string, days: number): Promise<void>;
  /** Leaves the key disabled, as KMS does. */
  cancelDeletion(kmsKey: string): Promise<void>;
}

/** What KMS takes to authenticate in one call. */
export const mostMacBytes = 4_096;
