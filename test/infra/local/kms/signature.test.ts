import {
  constants,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  sign as createSignature,
  generateKeyPairSync,
  type KeyObject,
  privateEncrypt,
  publicDecrypt,
  verify,
} from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  type CreateKeyCommandInput,
  GenerateMacCommand,
  GetPublicKeyCommand,
  type MessageType,
  SignCommand,
  type SigningAlgorithmSpec,
  VerifyCommand,
  VerifyMacCommand,
} from "@aws-sdk/client-kms";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mac } from "#infra/local/kms/mac.ts";
import { signingAlgorithms } from "#infra/local/kms/signature.ts";
import { errorName, type KmsUnderTest, kmsUnderTest, text } from "./kms-under-test.ts";

let kms: KmsUnderTest;
beforeAll(async () => {
  kms = await kmsUnderTest();
});
afterAll(() => kms.stop());

const message = text("Nothing shown has to be believed.");
const digest = createHash("sha256").update(message).digest();
const signing = (KeySpec: NonNullable<CreateKeyCommandInput["KeySpec"]>): CreateKeyCommandInput => ({
  KeySpec,
  KeyUsage: "SIGN_VERIFY",
});

async function publicKey(KeyId: string): Promise<KeyObject> {
  const { PublicKey = new Uint8Array() } = await kms.client.send(new GetPublicKeyCommand({ KeyId }));
  return createPublicKey({ key: Buffer.from(PublicKey), type: "spki", format: "der" });
}

async function sign(
  KeyId: string,
  Message: Uint8Array,
  SigningAlgorithm: SigningAlgorithmSpec,
  MessageType: MessageType,
) {
  const { Signature } = await kms.client.send(new SignCommand({ KeyId, Message, SigningAlgorithm, MessageType }));
  return Signature ?? new Uint8Array();
}

const inputs = { RAW: message, DIGEST: digest } as const;
const pss = (key: KeyObject) => ({ key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });

const cases = [
  {
    spec: "ECC_NIST_P256",
    algorithm: "ECDSA_SHA_256",
    types: ["RAW", "DIGEST"],
    hash: "sha256",
    form: (key: KeyObject) => key,
  },
  {
    spec: "ECC_NIST_EDWARDS25519",
    algorithm: "ED25519_SHA_512",
    types: ["RAW"],
    hash: null,
    form: (key: KeyObject) => key,
  },
  {
    spec: "RSA_2048",
    algorithm: "RSASSA_PKCS1_V1_5_SHA_256",
    types: ["RAW", "DIGEST"],
    hash: "sha256",
    form: (key: KeyObject) => key,
  },
  { spec: "RSA_2048", algorithm: "RSASSA_PSS_SHA_256", types: ["RAW", "DIGEST"], hash: "sha256", form: pss },
  { spec: "RSA_3072", algorithm: "RSASSA_PSS_SHA_256", types: ["RAW", "DIGEST"], hash: "sha256", form: pss },
  {
    spec: "RSA_4096",
    algorithm: "RSASSA_PKCS1_V1_5_SHA_256",
    types: ["RAW", "DIGEST"],
    hash: "sha256",
    form: (key: KeyObject) => key,
  },
] as const;

describe.each(cases)("Sign and Verify with $spec, $algorithm", ({ spec, algorithm, types, hash, form }) => {
  let key: string;
  let exported: KeyObject;
  beforeAll(async () => {
    key = await kms.newKey(signing(spec));
    exported = await publicKey(key);
  });

  async function verdict(type: MessageType, Message: Uint8Array, Signature: Uint8Array): Promise<string> {
    const input = { KeyId: key, Message, MessageType: type, Signature, SigningAlgorithm: algorithm };
    return errorName(kms.client.send(new VerifyCommand(input)));
  }

  it.each(types)("signs %s so that node:crypto verifies it over the message", async (type) => {
    for (let round = 0; round < 10; round++) {
      const signature = await sign(key, inputs[type], algorithm, type);
      expect(verify(hash, message, form(exported), signature)).toBe(true);
      expect(verify(hash, text("another message"), form(exported), signature)).toBe(false);
    }
  });

  it("verifies its signatures, made over the message or its digest, in both ways", async () => {
    for (const made of types) {
      const signature = await sign(key, inputs[made], algorithm, made);
      for (const checked of types) expect(await verdict(checked, inputs[checked], signature)).toBe("none");
    }
  });

  it.each(types)("refuses a changed signature, a changed %s and garbage", async (type) => {
    const signature = await sign(key, inputs[type], algorithm, type);
    const changedInput = Uint8Array.from(inputs[type], (byte, i) => (i === 3 ? byte ^ 1 : byte));
    expect(await verdict(type, changedInput, signature)).toBe("KMSInvalidSignatureException");
    for (const position of [0, 5, signature.length - 1]) {
      const changed = Uint8Array.from(signature, (byte, i) => (i === position ? byte ^ 1 : byte));
      expect(await verdict(type, inputs[type], changed)).toBe("KMSInvalidSignatureException");
    }
    for (const garbage of [
      new Uint8Array(1),
      new Uint8Array(600),
      new Uint8Array(signature.length),
      new Uint8Array(signature.length).fill(255),
    ])
      expect(await verdict(type, inputs[type], garbage)).toBe("KMSInvalidSignatureException");
  });
});

describe("Signing", () => {
  it("makes and verifies the P-256 signature of RFC 6979 A.2.5 over the digest of its sample", () => {
    const coordinate = (hex: string) => Buffer.from(hex, "hex").toString("base64url");
    const x = coordinate("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6");
    const y = coordinate("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
    const d = coordinate("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
    const privateKey = createPrivateKey({ key: { kty: "EC", crv: "P-256", x, y, d }, format: "jwk" });
    const r = "00efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
    const s = "00f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
    const signature = Buffer.from(`30460221${r}0221${s}`, "hex");
    const sample = createHash("sha256").update("sample").digest();
    const { digest: overDigest } = signingAlgorithms.ECDSA_SHA_256;
    expect(Buffer.from(overDigest.sign(privateKey, sample))).toEqual(signature);
    expect(overDigest.verify(createPublicKey(privateKey), sample, signature)).toBe(true);
  });

  it("refuses every PSS encoding that differs in one bit from a right one (RFC 8017, 9.1.2)", () => {
    const { privateKey, publicKey: verifier } = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const padding = constants.RSA_NO_PADDING;
    const right = publicDecrypt({ key: verifier, padding }, createSignature("sha256", message, pss(privateKey)));
    const { digest: overDigest } = signingAlgorithms.RSASSA_PSS_SHA_256;
    expect(overDigest.verify(verifier, digest, privateEncrypt({ key: privateKey, padding }, right))).toBe(true);
    for (let bit = 1; bit < right.length * 8; bit++) {
      const wrong = Buffer.from(right);
      wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
      if (wrong[0] !== right[0] && (wrong[0] ?? 0) > (right[0] ?? 0)) continue; // may be above the modulus
      const signature = privateEncrypt({ key: privateKey, padding }, wrong);
      expect(overDigest.verify(verifier, digest, signature), `bit ${bit}`).toBe(false);
    }
  });

  it("refuses a PSS signature with a salt of another length than KMS's", () => {
    const { privateKey, publicKey: verifier } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    for (const saltLength of [0, 20, 64]) {
      const signature = createSignature("sha256", message, { ...pss(privateKey), saltLength });
      expect(signingAlgorithms.RSASSA_PSS_SHA_256.digest.verify(verifier, digest, signature)).toBe(false);
    }
  });

  it("refuses a digest of another length, and any digest for Ed25519", async () => {
    const p256Key = await kms.newKey(signing("ECC_NIST_P256"));
    expect(await errorName(sign(p256Key, new Uint8Array(48), "ECDSA_SHA_256", "DIGEST"))).toBe("ValidationException");
    const ed25519 = await kms.newKey(signing("ECC_NIST_EDWARDS25519"));
    expect(await errorName(sign(ed25519, digest, "ED25519_SHA_512", "DIGEST"))).toBe("ValidationException");
  });

  it("refuses an algorithm of another kind of key, and a key that can't sign", async () => {
    const p256Key = await kms.newKey(signing("ECC_NIST_P256"));
    expect(await errorName(sign(p256Key, message, "RSASSA_PSS_SHA_256", "RAW"))).toBe("InvalidKeyUsageException");
    expect(await errorName(sign(await kms.newKey(), message, "ECDSA_SHA_256", "RAW"))).toBe("InvalidKeyUsageException");
  });

  it("takes a message of 4096 bytes and not one more", async () => {
    const key = await kms.newKey(signing("ECC_NIST_P256"));
    const signature = await sign(key, new Uint8Array(4096), "ECDSA_SHA_256", "RAW");
    expect(verify("sha256", new Uint8Array(4096), await publicKey(key), signature)).toBe(true);
    expect(await errorName(sign(key, new Uint8Array(4097), "ECDSA_SHA_256", "RAW"))).toBe("ValidationException");
  });

  it("says what a public key is for", async () => {
    const KeyId = await kms.newKey(signing("RSA_2048"));
    const answer = await kms.client.send(new GetPublicKeyCommand({ KeyId }));
    expect(answer).toMatchObject({ KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" });
    expect(answer.SigningAlgorithms).toEqual(["RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PSS_SHA_256"]);
    const symmetric = new GetPublicKeyCommand({ KeyId: await kms.newKey() });
    expect(await errorName(kms.client.send(symmetric))).toBe("UnsupportedOperationException");
  });
});

describe("Message authentication codes", () => {
  it("are those of RFC 4231, test case 2", () => {
    const key = createSecretKey(Buffer.from("Jefe"));
    const data = text("what do ya want for nothing?");
    expect(mac("HMAC_SHA_256", key, data).toString("hex")).toBe(
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
    expect(mac("HMAC_SHA_384", key, data).toString("hex")).toBe(
      "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
    );
    expect(mac("HMAC_SHA_512", key, data).toString("hex")).toBe(
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
    );
  });

  it.each([
    ["HMAC_256", "HMAC_SHA_256", "sha256", 32],
    ["HMAC_384", "HMAC_SHA_384", "sha384", 48],
    ["HMAC_512", "HMAC_SHA_512", "sha512", 64],
  ] as const)("of %s are HMACs under the stored key, and verify", async (KeySpec, MacAlgorithm, hash, length) => {
    const KeyId = await kms.newKey({ KeySpec, KeyUsage: "GENERATE_VERIFY_MAC" });
    const { Mac } = await kms.client.send(new GenerateMacCommand({ KeyId, Message: message, MacAlgorithm }));
    const secret = await storedSecret(KeyId);
    expect(secret).toHaveLength(length);
    expect(Buffer.from(Mac ?? [])).toEqual(createHmac(hash, secret).update(message).digest());
    const good = await kms.client.send(new VerifyMacCommand({ KeyId, Message: message, MacAlgorithm, Mac }));
    expect(good.MacValid).toBe(true);
    for (const bad of [Mac?.map((byte, i) => (i === 0 ? byte ^ 1 : byte)), Mac?.subarray(1)]) {
      const call = kms.client.send(new VerifyMacCommand({ KeyId, Message: message, MacAlgorithm, Mac: bad }));
      expect(await errorName(call)).toBe("KMSInvalidMacException");
    }
  });

  it("refuses another algorithm, another kind of key and long messages", async () => {
    const KeyId = await kms.newKey({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
    const attempt = (id: string, MacAlgorithm: "HMAC_SHA_256" | "HMAC_SHA_512", length: number) =>
      errorName(kms.client.send(new GenerateMacCommand({ KeyId: id, Message: new Uint8Array(length), MacAlgorithm })));
    expect(await attempt(KeyId, "HMAC_SHA_256", 4096)).toBe("none");
    expect(await attempt(KeyId, "HMAC_SHA_256", 4097)).toBe("ValidationException");
    expect(await attempt(KeyId, "HMAC_SHA_512", 1)).toBe("InvalidKeyUsageException");
    expect(await attempt(await kms.newKey(), "HMAC_SHA_256", 1)).toBe("InvalidKeyUsageException");
  });

  async function storedSecret(id: string): Promise<Buffer> {
    const { keys } = JSON.parse(await readFile(kms.file, "utf8")) as {
      keys: { id: string; materials: { secret: string }[] }[];
    };
    return Buffer.from(keys.find((key) => key.id === id)?.materials[0]?.secret ?? "", "base64");
  }
});
