import { DisableKeyCommand, EnableKeyCommand } from "@aws-sdk/client-kms";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeyUnavailable } from "#shared/sealing/vault.ts";
import { parseCiphertext } from "#shared/transit/ciphertext.ts";
import { decrypt, encrypt, type KeyInUse, rewrap } from "#shared/transit/encryption.ts";
import { withChangedVersion, withSettings, withVersion } from "#shared/transit/key.ts";
import { changed, keysAtWork, now } from "./keys-at-work.ts";
import { readCiphertext } from "./second-reader.ts";

let work: Awaited<ReturnType<typeof keysAtWork>>;
let use: KeyInUse;
beforeAll(async () => {
  work = await keysAtWork();
  use = await work.use("hearth", "payments");
});
afterAll(() => work.kms.stop());

const plaintext = Buffer.from("4111 1111 1111 1111");
const rotated = (from: KeyInUse): KeyInUse =>
  changed(from, withVersion(from.key, { origin: "platform", kmsKey: work.platformKey }, now));
const text = "This ciphertext can't be decrypted with this key and object.";

/** What a decryption comes to: one text, or something else that must not be. */
const outcome = (tried: Promise<unknown>): Promise<unknown> =>
  tried.then(
    () => "opened",
    (error: Error & { code?: string }) => [error.name, error.code, error.message, error.cause],
  );
const undecipherable = ["Failure", "undecipherable", text, undefined];

describe("encrypting with a named key", () => {
  it("opens again under the same key and object", async () => {
    const { ciphertext, version } = await encrypt(use, plaintext, { object: "card/1" });
    expect(version).toBe(1);
    expect(Buffer.from(await decrypt(use, ciphertext, "card/1")).equals(plaintext)).toBe(true);
  });

  it.each([0, 1, 65_535, 65_536, 65_537, 300_000])("takes %i bytes", async (length) => {
    const bytes = Buffer.alloc(length, 7);
    const { ciphertext } = await encrypt(use, bytes);
    expect(Buffer.from(await decrypt(use, ciphertext)).equals(bytes)).toBe(true);
  });

  it("is read by a second program with the data key that KMS gives", async () => {
    const { ciphertext } = await encrypt(use, plaintext, { object: "card/1" });
    const { wrappedKey } = parseCiphertext(ciphertext);
    const context = { tenant: "hearth", purpose: "transit", key: "payments", version: "1" } as const;
    const dataKey = await use.service.unwrap({ kmsKey: work.platformKey, context }, wrappedKey);
    const unwrap = () => Uint8Array.from(dataKey);
    const read = await readCiphertext(ciphertext, { tenant: "hearth", key: "payments", object: "card/1", unwrap });
    expect(read.plaintext.equals(plaintext)).toBe(true);
  });

  it("never gives the same ciphertext twice", async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => encrypt(use, plaintext)));
    expect(new Set(made.map(({ ciphertext }) => ciphertext)).size).toBe(20);
  });

  it("asks KMS once to encrypt, once to decrypt, once to rewrap, and nothing else", async () => {
    let made = "";
    expect(await work.callsOf(async () => (made = (await encrypt(use, plaintext)).ciphertext))).toEqual({
      GenerateDataKey: 1,
    });
    expect(await work.callsOf(() => decrypt(use, made))).toEqual({ Decrypt: 1 });
    expect(await work.callsOf(() => rewrap(rotated(use), made))).toEqual({ ReEncrypt: 1 });
  });
});

describe("what does not open", () => {
  it("gets one answer, whatever the reason, and KMS is not asked where the version may not be used", async () => {
    const { ciphertext } = await encrypt(use, plaintext, { object: "card/1" });
    const newer = rotated(use);
    const tries: Record<string, () => Promise<unknown>> = {
      "another object": () => decrypt(use, ciphertext, "card/2"),
      "no object": () => decrypt(use, ciphertext),
      "a version that there is not": () => decrypt(use, ciphertext.replace(":v1:", ":v2:"), "card/1"),
      "another version with the same KMS key": () => decrypt(newer, ciphertext.replace(":v1:", ":v2:"), "card/1"),
      "below the lowest version": () =>
        decrypt(changed(newer, withSettings(newer.key, { minDecryptVersion: 2 }, now)), ciphertext, "card/1"),
      "not a ciphertext": () => decrypt(use, "candor:v1:AAAA"),
      nothing: () => decrypt(use, ""),
      padded: () => decrypt(use, `${ciphertext}=`, "card/1"),
      "in base64 of another alphabet": () =>
        decrypt(use, `candor:v1:${Buffer.from(ciphertext.slice(10), "base64url").toString("base64")}`, "card/1"),
      "with a line end": () => decrypt(use, `${ciphertext}\n`, "card/1"),
      cut: () => decrypt(use, ciphertext.slice(0, -8), "card/1"),
    };
    for (const [why, attempt] of Object.entries(tries)) {
      expect([why, await outcome(attempt())]).toEqual([why, undecipherable]);
    }
    const other = await work.use("pilox", "payments");
    const namesake = await work.use("hearth", "invoices");
    for (const stranger of [other, namesake]) {
      expect(await outcome(decrypt(stranger, ciphertext, "card/1"))).toEqual(undecipherable);
      expect(await outcome(rewrap(rotated(stranger), ciphertext))).toEqual(undecipherable);
    }
    const low = changed(newer, withSettings(newer.key, { minDecryptVersion: 2 }, now));
    expect(await work.callsOf(() => outcome(decrypt(low, ciphertext, "card/1")))).toEqual({});
  });

  it("is every ciphertext with one bit flipped, wherever it is", { timeout: 120_000 }, async () => {
    const { ciphertext } = await encrypt(use, Buffer.from("x"), { object: "card/1" });
    const body = Buffer.from(ciphertext.slice("candor:v1:".length), "base64url");
    const flips: string[] = [];
    for (let bit = 0; bit < body.length * 8; bit++) {
      const flipped = Buffer.from(body);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      flips.push(`candor:v1:${flipped.toString("base64url")}`);
    }
    for (let bit = 0; bit < ciphertext.length * 8; bit++) {
      const flipped = Buffer.from(ciphertext, "latin1");
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      flips.push(flipped.toString("latin1"));
    }
    expect(flips.length).toBeGreaterThan(2_000);
    const seen = new Set<string>();
    for (let at = 0; at < flips.length; at += 50) {
      const some = flips.slice(at, at + 50).map((one) => outcome(decrypt(use, one, "card/1")));
      for (const end of await Promise.all(some)) seen.add(JSON.stringify(end));
    }
    expect([...seen]).toEqual([JSON.stringify(undecipherable)]);
  });

  it("is any text at all that encrypt did not make", async () => {
    const anything = fc.oneof(
      fc.string(),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => `candor:v1:${Buffer.from(bytes).toString("base64url")}`),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (given) => {
        expect(await outcome(decrypt(use, given))).toEqual(undecipherable);
      }),
      { numRuns: 300 },
    );
  });
});

describe("rewrapping", () => {
  it("moves a ciphertext to the newest version, and changes no byte of the sealed stream", async () => {
    const { ciphertext } = await encrypt(use, plaintext, { object: "card/1" });
    const newer = rotated(use);
    const moved = await rewrap(newer, ciphertext);
    expect([moved.version, moved.ciphertext.slice(0, 10)]).toEqual([2, "candor:v2:"]);
    const [before, afterwards] = [ciphertext, moved.ciphertext].map(parseCiphertext);
    expect(Buffer.from(afterwards?.stream ?? []).equals(before?.stream ?? Buffer.alloc(0))).toBe(true);
    expect(Buffer.from(afterwards?.wrappedKey ?? []).equals(before?.wrappedKey ?? Buffer.alloc(0))).toBe(false);
    const low = changed(newer, withSettings(newer.key, { minDecryptVersion: 2 }, now));
    expect(Buffer.from(await decrypt(low, moved.ciphertext, "card/1")).equals(plaintext)).toBe(true);
    expect(await outcome(decrypt(low, ciphertext, "card/1"))).toEqual(undecipherable);
  });

  it("moves from the platform's key to one of the tenant's own and to one in its account, and back", async () => {
    const own = await use.service.create("encryption", "a test");
    const foreign = await work.kms.addForeignKey("210987654321");
    let { ciphertext } = await encrypt(use, plaintext);
    let moving = use;
    for (const step of [
      { origin: "tenant", kmsKey: own } as const,
      { origin: "external", kmsKey: foreign } as const,
      { origin: "platform", kmsKey: work.platformKey } as const,
    ]) {
      moving = changed(moving, withVersion(moving.key, step, now));
      ciphertext = (await rewrap(moving, ciphertext)).ciphertext;
      expect(Buffer.from(await decrypt(moving, ciphertext)).equals(plaintext)).toBe(true);
    }
    expect(ciphertext).toMatch(/^candor:v4:/);
  });
});

describe("a key that is shut off", () => {
  it("makes what it encrypted unreadable at once, and readable again when it is enabled", async () => {
    const own = await use.service.create("encryption", "a test");
    const owned = changed(use, withVersion(use.key, { origin: "tenant", kmsKey: own }, now));
    const { ciphertext } = await encrypt(owned, plaintext);
    await work.kms.client.send(new DisableKeyCommand({ KeyId: own }));
    await expect(decrypt(owned, ciphertext)).rejects.toThrow(KeyUnavailable);
    await expect(encrypt(owned, plaintext)).rejects.toThrow("Enable it, then ask again");
    await expect(rewrap(rotated(owned), ciphertext)).rejects.toThrow(KeyUnavailable);
    await work.kms.client.send(new EnableKeyCommand({ KeyId: own }));
    expect(Buffer.from(await decrypt(owned, ciphertext)).equals(plaintext)).toBe(true);
  });

  it("stays unreadable here when its version was retired, whatever KMS would do", async () => {
    const { ciphertext } = await encrypt(use, plaintext);
    const [version] = use.key.versions;
    if (!version) throw new Error("no version");
    const retired = changed(use, withChangedVersion(use.key, { ...version, retiredAt: now.toISOString() }));
    expect(await work.callsOf(() => outcome(decrypt(retired, ciphertext)))).toEqual({});
    expect(await outcome(decrypt(retired, ciphertext))).toEqual(undecipherable);
  });
});
