import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Binding, encodeBinding } from "#shared/sealing/binding.ts";
import { CannotOpen } from "#shared/sealing/cannot-open.ts";
import { open, seal } from "#shared/sealing/seal.ts";
import { newSealingKey } from "#shared/sealing/sealing-key.ts";
import { SUITES } from "#shared/sealing/suite.ts";
import { openBase, publicOf, sealBase } from "./rfc9180.ts";

const SUITE = SUITES["x25519-hkdf-sha256-aes256gcm"];
const BINDING: Binding = { tenant: "hearth", purpose: "message", object: "m-1" };
const hex = (value: string) => Buffer.from(value, "hex");

// The test vectors of RFC 9180 (github.com/cfrg/draft-irtf-cfrg-hpke, test-vectors.json at 5f503c5):
// mode 0, kem 0x0020, kdf 0x0001, aead 0x0002, encryption 0.
const VECTOR = {
  info: hex("4f6465206f6e2061204772656369616e2055726e"),
  skEm: hex("179d4b53b6365c45b600c4163b61d95cbc2f4d9e36f1695558dce265ab8bab11"),
  skRm: hex("497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d"),
  pkRm: hex("430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c"),
  enc: hex("6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256"),
  aad: hex("436f756e742d30"),
  plaintext: hex("4265617574792069732074727574682c20747275746820626561757479"),
  ciphertext: hex("e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a"),
};

describe("the suite", () => {
  it("opens the vector of RFC 9180", async () => {
    const opened = await SUITE.open(VECTOR.skRm, VECTOR.enc, VECTOR.ciphertext, VECTOR);
    expect(Buffer.from(opened)).toEqual(VECTOR.plaintext);
  });

  it("has a vector that the independent implementation makes too", () => {
    expect(publicOf(VECTOR.skRm)).toEqual(VECTOR.pkRm);
    const { enc, ciphertext } = sealBase(VECTOR.pkRm, VECTOR.skEm, VECTOR.info, VECTOR.aad, VECTOR.plaintext);
    expect({ enc, ciphertext }).toEqual({ enc: VECTOR.enc, ciphertext: VECTOR.ciphertext });
  });

  it("agrees with the independent implementation in both directions", async () => {
    const { publicKey, privateKey } = await newSealingKey();
    expect(publicOf(privateKey)).toEqual(Buffer.from(publicKey));
    for (const length of [0, 1, 32, 5000]) {
      const context = { info: randomBytes(40), aad: randomBytes(2) };
      const plaintext = randomBytes(length);
      const ours = await SUITE.seal(publicKey, plaintext, context);
      expect(openBase(ours, privateKey, context.info, context.aad)).toEqual(plaintext);
      const theirs = sealBase(publicKey, randomBytes(32), context.info, context.aad, plaintext);
      expect(Buffer.from(await SUITE.open(privateKey, theirs.enc, theirs.ciphertext, context))).toEqual(plaintext);
    }
  });

  it("refuses public keys of low order, from which no secret comes", async () => {
    // RFC 7748 section 6.1 asks for the all-zero check; both points are in its list of low order.
    const context = { info: new Uint8Array(), aad: new Uint8Array() };
    const one = new Uint8Array(32);
    one[0] = 1;
    for (const point of [new Uint8Array(32), one]) {
      await expect(SUITE.seal(point, VECTOR.plaintext, context)).rejects.toThrow();
      await expect(SUITE.open(VECTOR.skRm, point, VECTOR.ciphertext, context)).rejects.toThrow();
    }
  });
});

describe("seal", () => {
  it("is opened by the private key and the same binding", async () => {
    const key = await newSealingKey();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (plaintext) => {
        expect(Buffer.from(await open(key, await seal(key, plaintext, BINDING), BINDING))).toEqual(
          Buffer.from(plaintext),
        );
      }),
      { numRuns: 50 },
    );
  });

  it("writes the version, the suite, the encapsulated key and HPKE's ciphertext", async () => {
    const key = await newSealingKey();
    const sealed = await seal(key, Buffer.from("secret"), BINDING);
    expect(sealed).toHaveLength(2 + 32 + 6 + 16);
    expect([...sealed.subarray(0, 2)]).toEqual([1, 1]);
    const parts = { enc: sealed.subarray(2, 34), ciphertext: sealed.subarray(34) };
    const info = encodeBinding("candor seal v1", BINDING);
    expect(openBase(parts, key.privateKey, info, Buffer.from([1, 1])).toString()).toBe("secret");
  });

  it("never seals the same value to the same bytes twice", async () => {
    const key = await newSealingKey();
    const [once, again] = await Promise.all([
      seal(key, VECTOR.plaintext, BINDING),
      seal(key, VECTOR.plaintext, BINDING),
    ]);
    expect(once).not.toEqual(again);
  });

  it("does not open for another tenant, purpose or object, or with fields shifted", async () => {
    const key = await newSealingKey();
    const sealed = await seal(key, VECTOR.plaintext, BINDING);
    const others: Binding[] = [
      { ...BINDING, tenant: "pilox" },
      { ...BINDING, purpose: "outbox" },
      { ...BINDING, object: "m-2" },
      { tenant: "hearthm", purpose: "essage", object: "m-1" },
    ];
    for (const other of others) await expect(open(key, sealed, other)).rejects.toThrow(CannotOpen);
  });

  it("does not open with another key, a key that is none, or the public key", async () => {
    const key = await newSealingKey();
    const other = await newSealingKey();
    const sealed = await seal(key, VECTOR.plaintext, BINDING);
    for (const privateKey of [other.privateKey, key.publicKey, new Uint8Array(), new Uint8Array(31)]) {
      await expect(open({ suite: key.suite, privateKey }, sealed, BINDING)).rejects.toThrow(CannotOpen);
    }
  });

  it("does not open with any bit flipped, cut anywhere, or with a byte more", async () => {
    const key = await newSealingKey();
    const sealed = await seal(key, Buffer.from("abc"), BINDING);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      // X25519 ignores the top bit of a public key (RFC 7748 section 5), but the KEM hashes it (RFC 9180 section 4.1).
      const changed = Uint8Array.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await expect(open(key, changed, BINDING)).rejects.toThrow(CannotOpen);
    }
    for (let length = 0; length < sealed.length; length++) {
      await expect(open(key, sealed.subarray(0, length), BINDING)).rejects.toThrow(CannotOpen);
    }
    await expect(open(key, Buffer.concat([sealed, new Uint8Array(1)]), BINDING)).rejects.toThrow(CannotOpen);
  });

  it("says the same whatever was wrong, without a cause", async () => {
    const key = await newSealingKey();
    const sealed = await seal(key, VECTOR.plaintext, BINDING);
    const attempts = [
      open(key, sealed, { ...BINDING, tenant: "x" }),
      open(key, sealed.subarray(1), BINDING),
      open({ ...key, privateKey: new Uint8Array(3) }, sealed, BINDING),
    ];
    for (const attempt of attempts) {
      const error = await attempt.catch((reason: unknown) => reason);
      expect(error).toEqual(new CannotOpen());
      expect(error).not.toHaveProperty("cause");
    }
  });
});
