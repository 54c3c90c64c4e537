import {
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateRandomCommand,
  ReEncryptCommand,
  RotateKeyOnDemandCommand,
} from "@aws-sdk/client-kms";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorName, type KmsUnderTest, kmsUnderTest, plain, text } from "./kms-under-test.ts";

let kms: KmsUnderTest;
let key: string;
beforeAll(async () => {
  kms = await kmsUnderTest();
  key = await kms.newKey();
});
afterAll(() => kms.stop());

type Context = Record<string, string>;
const context = { tenant: "hearth", purpose: "conversation" };

async function encrypt(
  plaintext: string,
  EncryptionContext: Context | undefined = context,
  KeyId = key,
): Promise<Uint8Array> {
  const answer = await kms.client.send(new EncryptCommand({ KeyId, Plaintext: text(plaintext), EncryptionContext }));
  expect(answer.KeyId).toMatch(/^arn:aws:kms:us-east-1:000000000000:key\/[0-9a-f-]{36}$/);
  expect(answer.EncryptionAlgorithm).toBe("SYMMETRIC_DEFAULT");
  return answer.CiphertextBlob ?? new Uint8Array();
}

async function decrypt(
  CiphertextBlob: Uint8Array,
  EncryptionContext: Context | undefined = context,
  KeyId?: string,
): Promise<string> {
  const answer = await kms.client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, KeyId }));
  return plain(answer.Plaintext);
}

describe("Encrypt and Decrypt", () => {
  it("opens what it sealed, whatever the order of the context's entries", async () => {
    const sealed = await encrypt("a small secret");
    expect(await decrypt(sealed, { purpose: "conversation", tenant: "hearth" })).toBe("a small secret");
    expect(await decrypt(sealed, context, key)).toBe("a small secret");
  });

  it("takes an absent context for an empty one", async () => {
    const CiphertextBlob = await encrypt("x", {});
    expect(plain((await kms.client.send(new DecryptCommand({ CiphertextBlob }))).Plaintext)).toBe("x");
  });

  it("seals the same text differently each time", async () => {
    expect(await encrypt("x")).not.toEqual(await encrypt("x"));
  });

  it("tells another key from the one that sealed", async () => {
    const sealed = await encrypt("x");
    expect(await errorName(decrypt(sealed, context, await kms.newKey()))).toBe("IncorrectKeyException");
  });

  it("refuses every single changed bit of the ciphertext", async () => {
    const sealed = await encrypt("x");
    for (let i = 0; i < sealed.length; i++) {
      const changed = Uint8Array.from(sealed);
      changed[i] = (changed[i] ?? 0) ^ 1;
      const refusal = i >= 1 && i < 17 ? "AccessDeniedException" : "InvalidCiphertextException"; // the key id is there
      expect(await errorName(decrypt(changed)), `byte ${i}`).toBe(refusal);
    }
  });

  it("refuses a ciphertext that is cut short", async () => {
    const sealed = await encrypt("x");
    for (const length of [1, 20, 48, sealed.length - 1])
      expect(await errorName(decrypt(sealed.subarray(0, length)))).toBe("InvalidCiphertextException");
  });

  it("takes 4096 bytes and not one more", async () => {
    const most = "x".repeat(4096);
    expect(await decrypt(await encrypt(most))).toBe(most);
    expect(await errorName(encrypt(`${most}x`))).toBe("ValidationException");
    expect(await errorName(encrypt(""))).toBe("ValidationException");
  });

  it("takes a context of 8192 bytes and not one more", async () => {
    expect(await decrypt(await encrypt("x", { a: "b".repeat(8191) }), { a: "b".repeat(8191) })).toBe("x");
    expect(await errorName(encrypt("x", { a: "b".repeat(8192) }))).toBe("ValidationException");
    expect(await errorName(encrypt("x", { a: "\u20ac".repeat(2731) }))).toBe("ValidationException");
  });

  it("refuses a key made for something else", async () => {
    const mac = await kms.newKey({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
    expect(await errorName(encrypt("x", context, mac))).toBe("InvalidKeyUsageException");
  });
});

describe("The encryption context", () => {
  it("opens with the same entries and with no others", { timeout: 60_000 }, async () => {
    const part = fc.string({ unit: "binary", maxLength: 4 });
    const contexts = fc.dictionary(part, part, { minKeys: 1, maxKeys: 4 });
    const changes = fc.oneof(contexts, part, fc.constant(undefined));
    await fc.assert(
      fc.asyncProperty(contexts, changes, async (one, change) => {
        const sealed = await encrypt("x", one);
        expect(await decrypt(sealed, Object.fromEntries(Object.entries(one).reverse()))).toBe("x");
        const other = changed(one, change);
        const same = sortedEntries(one) === sortedEntries(other);
        expect(await errorName(decrypt(sealed, other))).toBe(same ? "none" : "InvalidCiphertextException");
      }),
      { numRuns: 150 },
    );
  });

  it("binds entries of any name, also those that objects treat specially", async () => {
    const body = (entries: string, rest: string) => `{"KeyId":"${key}","EncryptionContext":${entries},${rest}}`;
    const sealed = await post("Encrypt", body('{"__proto__":"a"}', '"Plaintext":"eA=="'));
    const CiphertextBlob = `"CiphertextBlob":"${String(sealed["CiphertextBlob"])}"`;
    expect(await post("Decrypt", body('{"__proto__":"a"}', CiphertextBlob))).toMatchObject({ Plaintext: "eA==" });
    for (const other of ["{}", '{"__proto__":"b"}', '{"constructor":"a"}'])
      expect(await post("Decrypt", body(other, CiphertextBlob))).toMatchObject({
        __type: "InvalidCiphertextException",
      });
  });

  it("is an object of strings", async () => {
    for (const entries of ['["a"]', '{"a":1}', '"a"', "null", '{"a":{"b":"c"}}'])
      expect(
        await post("Encrypt", `{"KeyId":"${key}","Plaintext":"eA==","EncryptionContext":${entries}}`),
      ).toMatchObject({
        __type: "ValidationException",
      });
  });

  it("tells apart entries that read the same when they are put together", async () => {
    const sealed = await encrypt("x", { a: "bc", d: "e" });
    for (const other of [{ ab: "c", d: "e" }, { a: "b", cd: "e" }, { abcde: "" }, { 'a","bc"],["d': "e" }])
      expect(await errorName(decrypt(sealed, other))).toBe("InvalidCiphertextException");
  });

  /** Another context, the same with one value changed, or with one entry less. */
  function changed(context: Context, change: Context | string | undefined): Context {
    if (typeof change === "object") return change;
    const [first = "", ...others] = Object.keys(context);
    const rest = Object.fromEntries(others.map((name) => [name, context[name] ?? ""]));
    return change === undefined ? rest : { ...rest, [first]: change };
  }

  const sortedEntries = (entries: Context) => JSON.stringify(Object.entries(entries).sort());

  async function post(operation: string, body: string): Promise<Record<string, unknown>> {
    const authorization =
      "AWS4-HMAC-SHA256 Credential=AKIATESTER/20261121/us-east-1/kms/aws4_request, SignedHeaders=host, Signature=0";
    const headers = { authorization, "x-amz-target": `TrentService.${operation}` };
    const answer = await fetch(kms.url, { method: "POST", headers, body });
    return (await answer.json()) as Record<string, unknown>;
  }
});

describe("ReEncrypt", () => {
  it("moves a ciphertext to another key and context, asking for both rights", async () => {
    const destination = await kms.newKey();
    const CiphertextBlob = await encrypt("moved");
    const before = kms.asked.length;
    const answer = await kms.client.send(
      new ReEncryptCommand({
        CiphertextBlob,
        SourceEncryptionContext: context,
        DestinationKeyId: destination,
        DestinationEncryptionContext: { tenant: "pilox" },
      }),
    );
    expect(answer.SourceKeyId?.endsWith(key)).toBe(true);
    expect(answer.KeyId?.endsWith(destination)).toBe(true);
    expect(await decrypt(answer.CiphertextBlob ?? new Uint8Array(), { tenant: "pilox" }, destination)).toBe("moved");
    expect(kms.asked.slice(before, before + 2)).toMatchObject([
      { action: "kms:ReEncryptFrom", keyArn: answer.SourceKeyId, encryptionContext: context },
      { action: "kms:ReEncryptTo", keyArn: answer.KeyId, encryptionContext: { tenant: "pilox" } },
    ]);
  });

  it("refuses another source context or source key", async () => {
    const CiphertextBlob = await encrypt("x");
    const wrongContext = new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: key });
    expect(await errorName(kms.client.send(wrongContext))).toBe("InvalidCiphertextException");
    const SourceKeyId = await kms.newKey();
    const wrongKey = { CiphertextBlob, SourceKeyId, SourceEncryptionContext: context, DestinationKeyId: key };
    expect(await errorName(kms.client.send(new ReEncryptCommand(wrongKey)))).toBe("IncorrectKeyException");
  });
});

describe("Data keys and random bytes", () => {
  it("gives a data key in clear and sealed", async () => {
    for (const [size, length] of [
      [{ KeySpec: "AES_256" }, 32],
      [{ KeySpec: "AES_128" }, 16],
      [{ NumberOfBytes: 64 }, 64],
    ] as const) {
      const answer = await kms.client.send(
        new GenerateDataKeyCommand({ KeyId: key, EncryptionContext: context, ...size }),
      );
      expect(answer.Plaintext).toHaveLength(length);
      const opened = new DecryptCommand({ CiphertextBlob: answer.CiphertextBlob, EncryptionContext: context });
      expect((await kms.client.send(opened)).Plaintext).toEqual(answer.Plaintext);
    }
  });

  it("gives a data key only sealed", async () => {
    const answer = await kms.client.send(
      new GenerateDataKeyWithoutPlaintextCommand({ KeyId: key, KeySpec: "AES_256" }),
    );
    expect(answer).not.toHaveProperty("Plaintext");
    const opened = await kms.client.send(new DecryptCommand({ CiphertextBlob: answer.CiphertextBlob }));
    expect(opened.Plaintext).toHaveLength(32);
  });

  it("wants one size for a data key", async () => {
    expect(await errorName(kms.client.send(new GenerateDataKeyCommand({ KeyId: key })))).toBe("ValidationException");
    const both = new GenerateDataKeyCommand({ KeyId: key, KeySpec: "AES_256", NumberOfBytes: 32 });
    expect(await errorName(kms.client.send(both))).toBe("ValidationException");
  });

  it("gives random bytes", async () => {
    const bytes = async () => (await kms.client.send(new GenerateRandomCommand({ NumberOfBytes: 32 }))).Plaintext;
    expect(await bytes()).toHaveLength(32);
    expect(await bytes()).not.toEqual(await bytes());
  });
});

describe("Rotation", () => {
  it("opens what older material sealed, under the same key id", async () => {
    const rotated = await kms.newKey();
    const before = await encrypt("before", context, rotated);
    await kms.client.send(new RotateKeyOnDemandCommand({ KeyId: rotated }));
    const after = await encrypt("after", context, rotated);
    expect(await decrypt(before, context, rotated)).toBe("before");
    expect(await decrypt(after, context, rotated)).toBe("after");
    await kms.reopen();
    expect(await decrypt(before, context, rotated)).toBe("before");
    expect(await decrypt(after, context, rotated)).toBe("after");
  });
});
