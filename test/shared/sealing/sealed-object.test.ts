import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CannotOpen } from "#shared/sealing/cannot-open.ts";
import {
  contentKey,
  newMessageKey,
  newPrefix,
  openMessageKey,
  openObjectKey,
  sealMessageKey,
  sealObject,
} from "#shared/sealing/sealed-object.ts";
import { newSealingKey } from "#shared/sealing/sealing-key.ts";
import { decryptBytes, encryptBytes } from "#shared/sealing/stream.ts";

const BINDING = { tenant: "hearth", purpose: "message", object: "m-1" };

describe("a message key", () => {
  it("carries several parts with one sealed key, each under a key of its own", async () => {
    const key = await newSealingKey();
    const messageKey = newMessageKey();
    const sealedKey = await sealMessageKey(key, BINDING, messageKey);
    const text = encryptBytes(contentKey(messageKey, "text"), BINDING, Buffer.from("text"), newPrefix());
    const raw = encryptBytes(contentKey(messageKey, "raw"), BINDING, Buffer.from("raw"), newPrefix());

    const opened = await openMessageKey(key, BINDING, sealedKey);
    expect(decryptBytes(contentKey(opened, "text"), BINDING, text).toString()).toBe("text");
    expect(decryptBytes(contentKey(opened, "raw"), BINDING, raw).toString()).toBe("raw");
    expect(() => decryptBytes(contentKey(opened, "raw"), BINDING, text)).toThrow(CannotOpen);
    await expect(openMessageKey(key, { ...BINDING, tenant: "pilox" }, sealedKey)).rejects.toThrow(CannotOpen);
  });

  it("derives a content key by HKDF-SHA256 over the context and the label", () => {
    // RFC 5869 by hand: PRK = HMAC(32 zero bytes, key), OKM = HMAC(PRK, info | 01).
    const messageKey = Buffer.alloc(32, 7);
    const prk = createHmac("sha256", Buffer.alloc(32)).update(messageKey).digest();
    const info = Buffer.from("\x00\x15candor content key v1\x00\x03raw\x01", "latin1");
    const okm = createHmac("sha256", prk).update(info).digest();
    expect(Buffer.from(contentKey(messageKey, "raw"))).toEqual(okm);
  });
});

describe("sealObject", () => {
  it("gives a body that the private key and the binding open", async () => {
    const key = await newSealingKey();
    const bytes = Buffer.alloc(200_000, "report");
    const { sealedKey, body } = await sealObject(key, BINDING, bytes);
    const opened = decryptBytes(await openObjectKey(key, BINDING, sealedKey), BINDING, body);
    expect(opened.equals(bytes)).toBe(true);
  });

  it("does not open with the sealed key of another object", async () => {
    const key = await newSealingKey();
    const one = await sealObject(key, BINDING, Buffer.from("one"));
    const two = await sealObject(key, BINDING, Buffer.from("two"));
    const wrong = await openObjectKey(key, BINDING, two.sealedKey);
    expect(() => decryptBytes(wrong, BINDING, one.body)).toThrow(CannotOpen);
    await expect(openObjectKey(key, { ...BINDING, object: "m-2" }, one.sealedKey)).rejects.toThrow(CannotOpen);
  });
});
