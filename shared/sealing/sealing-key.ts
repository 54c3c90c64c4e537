import { SUITES, type SuiteId } from "./suite.ts";

/** What everybody may know: enough to seal, and for nothing else. `publicKey` is raw (32 bytes for X25519). */
export interface SealingPublicKey {
  readonly suite: SuiteId;
  readonly publicKey: Uint8Array;
}

/** What opens. `privateKey` is raw (32 bytes for X25519); it is kept only wrapped. */
export interface SealingPrivateKey {
  readonly suite: SuiteId;
  readonly privateKey: Uint8Array;
}

/** A fresh pair of the suite that new conversations use. */
export async function newSealingKey(): Promise<SealingPublicKey & SealingPrivateKey> {
  const suite = "x25519-hkdf-sha256-aes256gcm";
  return { suite, ...(await SUITES[suite].newKeyPair()) };
}
