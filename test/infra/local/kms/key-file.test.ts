import { readFile, stat, writeFile } from "node:fs/promises";
import {
  CreateAliasCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GetPublicKeyCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startKms } from "#infra/local/kms/server.ts";
import { StartFailure } from "#infra/local/start-failure.ts";
import { type KmsUnderTest, kmsUnderTest, plain, text } from "./kms-under-test.ts";

let kms: KmsUnderTest;
beforeEach(async () => {
  kms = await kmsUnderTest();
});
afterEach(() => kms.stop());

const open = (file: string) => startKms({ port: 0, file, now: () => new Date(0), authorize: () => undefined });

describe("The key file", () => {
  it("keeps keys, aliases, tags and states over a restart", async () => {
    const KeyId = await kms.newKey({ Tags: [{ TagKey: "tenant", TagValue: "hearth" }] });
    await kms.client.send(new CreateAliasCommand({ AliasName: "alias/sealing", TargetKeyId: KeyId }));
    const { CiphertextBlob } = await kms.client.send(new EncryptCommand({ KeyId, Plaintext: text("kept") }));
    const disabled = await kms.newKey();
    await kms.client.send(new DisableKeyCommand({ KeyId: disabled }));
    await kms.reopen();
    expect(
      plain((await kms.client.send(new DecryptCommand({ CiphertextBlob, KeyId: "alias/sealing" }))).Plaintext),
    ).toBe("kept");
    const { Tags } = await kms.client.send(new ListResourceTagsCommand({ KeyId }));
    expect(Tags).toEqual([{ TagKey: "tenant", TagValue: "hearth" }]);
    expect((await kms.client.send(new DescribeKeyCommand({ KeyId: disabled }))).KeyMetadata?.KeyState).toBe("Disabled");
  });

  it.each(["ECC_NIST_P256", "ECC_NIST_EDWARDS25519", "RSA_2048"] as const)("keeps a key of %s", async (KeySpec) => {
    const KeyId = await kms.newKey({ KeySpec, KeyUsage: "SIGN_VERIFY" });
    const before = (await kms.client.send(new GetPublicKeyCommand({ KeyId }))).PublicKey;
    await kms.reopen();
    expect((await kms.client.send(new GetPublicKeyCommand({ KeyId }))).PublicKey).toEqual(before);
  });

  it("holds every key whose making was answered, at the moment of the answer", async () => {
    const made = Array.from({ length: 20 }, async () => {
      const id = await kms.newKey();
      expect(await readFile(kms.file, "utf8")).toContain(id);
    });
    await Promise.all(made);
    await kms.reopen();
    expect((await kms.client.send(new ListKeysCommand({}))).Keys).toHaveLength(20);
  });

  it("is for its owner only, also where an old unfinished file was not", async () => {
    await writeFile(`${kms.file}.tmp`, "left behind", { mode: 0o644 });
    await kms.newKey();
    expect((await stat(kms.file)).mode & 0o777).toBe(0o600);
  });

  it("is not disturbed by what a killed write left beside it", async () => {
    const id = await kms.newKey();
    await writeFile(`${kms.file}.tmp`, '{"version":1,"keys":[{"id":"');
    await kms.reopen();
    expect((await kms.client.send(new ListKeysCommand({}))).Keys?.[0]?.KeyId).toBe(id);
    await kms.newKey();
    await kms.reopen();
    expect((await kms.client.send(new ListKeysCommand({}))).Keys).toHaveLength(2);
  });

  it("loses a deleted key's material when the store is opened after the date", async () => {
    const KeyId = await kms.newKey();
    const other = await kms.newKey();
    await kms.client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    kms.pass(8);
    await kms.reopen();
    expect(await readFile(kms.file, "utf8")).not.toContain(KeyId);
    expect(await readFile(kms.file, "utf8")).toContain(other);
  });

  it("is left alone when it is damaged, with a sentence that says what to do and quotes no key", async () => {
    await kms.newKey();
    await kms.newKey({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
    const good = await readFile(kms.file, "utf8");
    const secret = /"secret":"([^"]+)"/.exec(good)?.[1] ?? "";
    const damages = [
      "",
      good.slice(0, -20),
      good.replace(secret, secret.slice(8)),
      good.replace('"version":1', '"version":2'),
    ];
    for (const damaged of [
      ...damages,
      good.replace(/"secret":"M[^"]{20}/, '"secret":"M'),
      good.replace('"keys"', '"kevs"'),
    ]) {
      expect(damaged).not.toBe(good);
      await writeFile(kms.file, damaged);
      const failure: unknown = await open(kms.file).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StartFailure);
      expect(String(failure)).toMatch(/is damaged\. Put a copy of it in its place, or start with an empty home/);
      expect(String(failure)).not.toContain(secret.slice(0, 12));
      expect(await readFile(kms.file, "utf8")).toBe(damaged);
    }
  });
});
