import { createPrivateKey, createSecretKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";

export type KeyUsage = "ENCRYPT_DECRYPT" | "SIGN_VERIFY" | "GENERATE_VERIFY_MAC";
export type Random = (bytes: number) => Uint8Array;

interface SpecOfKey {
  readonly usage: KeyUsage;
  /** What the key can be used with, by KMS's names. */
  readonly algorithms: readonly string[];
  readonly generate: (random: Random) => Promise<KeyObject>;
  /** From the form it is stored in: raw bytes of a secret key, PKCS #8 DER of a private one. */
  readonly load: (material: Buffer) => KeyObject;
}

const newKeyPair = promisify(generateKeyPair);

function secretKey(bytes: number) {
  return {
    generate: async (random: Random) => createSecretKey(random(bytes)),
    load(material: Buffer) {
      if (material.length !== bytes) throw new Error(`a key of ${bytes} bytes has ${material.length}`);
      return createSecretKey(material);
    },
  };
}

const privateKey = (newPair: () => Promise<{ privateKey: KeyObject }>) => ({
  generate: async () => (await newPair()).privateKey,
  load: (material: Buffer) => createPrivateKey({ key: material, type: "pkcs8", format: "der" }),
});

const hmac = (bytes: number, algorithm: string): SpecOfKey => ({
  usage: "GENERATE_VERIFY_MAC",
  algorithms: [algorithm],
  ...secretKey(bytes),
});

const rsa = (modulusLength: number): SpecOfKey => ({
  usage: "SIGN_VERIFY",
  algorithms: ["RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PSS_SHA_256"],
  ...privateKey(() => newKeyPair("rsa", { modulusLength })),
});

/** Every kind of key there is. OpenSSL makes asymmetric keys from its own randomness. */
const keySpecs = {
  SYMMETRIC_DEFAULT: { usage: "ENCRYPT_DECRYPT", algorithms: ["SYMMETRIC_DEFAULT"], ...secretKey(32) },
  HMAC_256: hmac(32, "HMAC_SHA_256"),
  HMAC_384: hmac(48, "HMAC_SHA_384"),
  HMAC_512: hmac(64, "HMAC_SHA_512"),
  ECC_NIST_P256: {
    usage: "SIGN_VERIFY",
    algorithms: ["ECDSA_SHA_256"],
    ...privateKey(() => newKeyPair("ec", { namedCurve: "P-256" })),
  },
  ECC_NIST_EDWARDS25519: {
    usage: "SIGN_VERIFY",
    algorithms: ["ED25519_SHA_512"],
    ...privateKey(() => newKeyPair("ed25519")),
  },
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
} as const satisfies Record<string, SpecOfKey>;

export type KeySpec = keyof typeof keySpecs;
export const keySpecNames = Object.keys(keySpecs) as [KeySpec, ...KeySpec[]];
export const specOf = (name: KeySpec): SpecOfKey => keySpecs[name];
