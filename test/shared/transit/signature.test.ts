import { createVerify, hash, verify as nodeVerify } from "node:crypto";
import { ScheduleKeyDeletionCommand } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeyUnavailable } from "#shared/sealing/vault.ts";
import { formatPem } from "#shared/signing/public-key.ts";
import { authenticate, verifyCode } from "#shared/transit/authentication-code.ts";
import type { KeyInUse } from "#shared/transit/encryption.ts";
import { encrypt } from "#shared/transit/encryption.ts";
import { withChangedVersion, withSettings, withVersion } from "#shared/transit/key.ts";
import { publicKeyOf, sign, verify } from "#shared/transit/signature.ts";
import { changed, keysAtWork, now } from "./keys-at-work.ts";

let work: Awaited<ReturnType<typeof keysAtWork>>;
let signing: KeyInUse;
let hmac: KeyInUse;
beforeAll(async () => {
  work = await keysAtWork();
  signing = await work.use("hearth", "releases", "signing");
  hmac = await work.use("hearth", "index", "hmac");
});
afterAll(() => work.kms.stop());

const message = Buffer.from("release 1.2.3");
const conflict = expect.objectContaining({ code: "conflict" }) as Error;
const retired = async (use: KeyInUse): Promise<KeyInUse> => {
  const [first] = use.key.versions;
  if (!first) throw new Error("no version");
  return changed(use, withChangedVersion(use.key, { ...first, retiredAt: now.toISOString() }));
};

describe("signing with a named key", () => {
  it("is verified by OpenSSL with the public key, as DER and as P1363", async () => {
    const [version] = signing.key.versions;
    if (!version) throw new Error("no version");
    const pem = formatPem(publicKeyOf(version));
    const der = await sign(signing, { message });
    expect(createVerify("sha256").update(message).verify(pem, der.signature)).toBe(true);
    const p1363 = await sign(signing, { message }, { form: "p1363" });
    expect(nodeVerify("sha256", message, { key: pem, dsaEncoding: "ieee-p1363" }, p1363.signature)).toBe(true);
    const digest = hash("sha256", message, "buffer");
    const ofDigest = await sign(signing, { digest });
    expect(createVerify("sha256").update(message).verify(pem, ofDigest.signature)).toBe(true);
  });

  it("asks KMS once to sign, and not at all to verify a message", async () => {
    let made = Buffer.alloc(0) as Uint8Array;
    expect(await work.callsOf(async () => (made = (await sign(signing, { message })).signature))).toEqual({ Sign: 1 });
    expect(await work.callsOf(() => verify(signing, { message }, made))).toEqual({});
    expect(await work.callsOf(() => verify(signing, { digest: hash("sha256", message, "buffer") }, made))).toEqual({
      Verify: 1,
    });
  });

  it("says which version signed, in either form, by message or digest, and that another message was not", async () => {
    const { signature } = await sign(signing, { message });
    const p1363 = await sign(signing, { message }, { form: "p1363" });
    const digest = hash("sha256", message, "buffer");
    expect((await verify(signing, { message }, signature))?.version).toBe(1);
    expect((await verify(signing, { message }, p1363.signature, { form: "p1363" }))?.version).toBe(1);
    expect((await verify(signing, { digest }, signature))?.version).toBe(1);
    const others = [
      verify(signing, { message: Buffer.from("release 1.2.4") }, signature),
      verify(signing, { digest: hash("sha256", "release 1.2.4", "buffer") }, signature),
      verify(signing, { message }, p1363.signature),
      verify(signing, { message }, signature, { form: "p1363" }),
      verify(signing, { message }, signature, { version: 2 }),
      verify(signing, { message }, Buffer.concat([signature, Buffer.alloc(1)])),
      verify(signing, { message }, Buffer.alloc(0)),
      verify(await work.use("hearth", "releases", "signing"), { message }, signature),
    ];
    for (const other of others) expect(await other).toBeUndefined();
  });

  it("goes on with a new version; what the old one signed stays good, also when it is retired or destroyed", async () => {
    const old = await sign(signing, { message });
    const kmsKey = await signing.service.create("signing", "a test");
    const spki = await signing.service.publicKey(kmsKey);
    const rotated = changed(signing, withVersion(signing.key, { origin: "tenant", kmsKey, spki }, now));
    const fresh = await sign(rotated, { message });
    expect([old.version, fresh.version]).toEqual([1, 2]);
    const without = await retired(rotated);
    await work.kms.client.send(new ScheduleKeyDeletionCommand({ KeyId: signing.key.versions[0]?.kmsKey ?? "" }));
    expect((await verify(without, { message }, old.signature))?.version).toBe(1);
    expect((await verify(without, { message }, fresh.signature))?.version).toBe(2);
    await expect(sign(without, { message }, { version: 1 })).rejects.toThrow(conflict);
    await expect(sign(signing, { message })).rejects.toThrow(KeyUnavailable);
    signing = await work.use("hearth", "releases", "signing");
  });

  it("is refused with a key for encryption or codes, and those with a key for signing", async () => {
    const encryption = await work.use("hearth", "payments");
    expect(
      await work.callsOf(async () => {
        await expect(sign(encryption, { message })).rejects.toThrow(conflict);
        await expect(sign(hmac, { message })).rejects.toThrow(conflict);
        await expect(verify(encryption, { message }, Buffer.alloc(70))).rejects.toThrow(conflict);
        await expect(encrypt(signing, message)).rejects.toThrow(conflict);
        await expect(authenticate(encryption, message)).rejects.toThrow(conflict);
      }),
    ).toEqual({});
  });
});

describe("authentication codes of a named key", () => {
  it("verify with the version that made them and in no other way", async () => {
    const made = await authenticate(hmac, message);
    expect([made.hmac.length, made.version]).toEqual([32, 1]);
    expect(await verifyCode(hmac, message, made)).toBe(true);
    expect(await verifyCode(hmac, Buffer.from("other"), made)).toBe(false);
    expect(await verifyCode(hmac, message, { ...made, version: 2 })).toBe(false);
    expect(await verifyCode(hmac, message, { ...made, hmac: made.hmac.subarray(1) })).toBe(false);
    expect(await verifyCode(await retired(hmac), message, made)).toBe(false);
    const kmsKey = await hmac.service.create("hmac", "a test");
    const rotated = changed(hmac, withVersion(hmac.key, { origin: "tenant", kmsKey }, now));
    expect(await verifyCode(rotated, message, made)).toBe(true);
    const low = changed(rotated, withSettings(rotated.key, { minDecryptVersion: 2 }, now));
    expect(await verifyCode(low, message, made)).toBe(false);
  });

  it("are the same for the same message, and cost one KMS call", async () => {
    const [one, two] = [await authenticate(hmac, message), await authenticate(hmac, message)];
    expect(one).toEqual(two);
    expect(await work.callsOf(() => authenticate(hmac, message))).toEqual({ GenerateMac: 1 });
    expect(await work.callsOf(() => verifyCode(hmac, message, one))).toEqual({ VerifyMac: 1 });
  });

  it("take what KMS takes in one call", async () => {
    await authenticate(hmac, Buffer.alloc(4_096));
    const invalid = expect.objectContaining({ code: "invalid" }) as Error;
    await expect(authenticate(hmac, Buffer.alloc(4_097))).rejects.toThrow(invalid);
    await expect(authenticate(hmac, Buffer.alloc(0))).rejects.toThrow(invalid);
  });
});
