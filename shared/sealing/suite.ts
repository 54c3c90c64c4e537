import { CipherSuite, type Key } from "hpke";
import { aes256Gcm, hkdfSha256, x25519Kem } from "./hpke-primitives.ts";

/** A suite's name, as stored with every sealing key. A new suite is a new name; none ever changes its meaning. */
export type SuiteId = "x25519-hkdf-sha256-aes256gcm";

/** One way to seal (RFC 9180, base mode, single shot). Keys are raw bytes. Failures are those of `hpke` and node:crypto. */
export interface Suite {
  /** What stands for this suite in the second byte of a sealed value. */
  readonly number: number;
  /** Length of the encapsulated key, in bytes. */
  readonly encLength: number;
  readonly publicKeyLength: number;
  readonly privateKeyLength: number;
  newKeyPair(): Promise<{ publicKey: Uint8Array; privateKey: Uint8Array }>;
  seal(
    publicKey: Uint8Array,
    plaintext: Uint8Array,
    context: Context,
  ): Promise<{ enc: Uint8Array; ciphertext: Uint8Array }>;
  open(privateKey: Uint8Array, enc: Uint8Array, ciphertext: Uint8Array, context: Context): Promise<Uint8Array>;
}

/** HPKE's two places for data that both sides know. */
export interface Context {
  readonly info: Uint8Array;
  readonly aad: Uint8Array;
}

/** Every suite there is. To add one: a name in SuiteId and a row with the next number here. */
export const SUITES: Readonly<Record<SuiteId, Suite>> = {
  "x25519-hkdf-sha256-aes256gcm": suite(1, new CipherSuite(x25519Kem, hkdfSha256, aes256Gcm)),
};

function suite<K extends Key>(number: number, hpke: CipherSuite<K>): Suite {
  return {
    number,
    encLength: hpke.KEM.Nenc,
    publicKeyLength: hpke.KEM.Npk,
    privateKeyLength: hpke.KEM.Nsk,
    async newKeyPair() {
      const pair = await hpke.GenerateKeyPair(true);
      return {
        publicKey: await hpke.SerializePublicKey(pair.publicKey),
        privateKey: await hpke.SerializePrivateKey(pair.privateKey),
      };
    },
    async seal(publicKey, plaintext, context) {
      const to = await hpke.DeserializePublicKey(publicKey);
      const { encapsulatedSecret, ciphertext } = await hpke.Seal(to, plaintext, context);
      return { enc: encapsulatedSecret, ciphertext };
    },
    async open(privateKey, enc, ciphertext, context) {
      return hpke.Open(await hpke.DeserializePrivateKey(privateKey), enc, ciphertext, context);
    },
  };
}
