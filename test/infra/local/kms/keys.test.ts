import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GetKeyRotationStatusCommand,
  GetPublicKeyCommand,
  ListAliasesCommand,
  ListKeyRotationsCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
} from "@aws-sdk/client-kms";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { errorName, type KmsUnderTest, kmsUnderTest, text } from "./kms-under-test.ts";

let kms: KmsUnderTest;
beforeEach(async () => {
  kms = await kmsUnderTest();
});
afterEach(() => kms.stop());

const arn = (id: string) => `arn:aws:kms:us-east-1:000000000000:key/${id}`;
const describeKey = async (KeyId: string) => (await kms.client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
const encrypt = (KeyId: string) => kms.client.send(new EncryptCommand({ KeyId, Plaintext: text("x") }));
const alias = (AliasName: string, TargetKeyId: string) =>
  kms.client.send(new CreateAliasCommand({ AliasName, TargetKeyId }));

describe("CreateKey and DescribeKey", () => {
  it("make and describe a symmetric key where nothing else is asked", async () => {
    const id = await kms.newKey({ Description: "seals reports", Tags: [{ TagKey: "tenant", TagValue: "hearth" }] });
    expect(await describeKey(id)).toEqual({
      AWSAccountId: "000000000000",
      Arn: arn(id),
      CreationDate: new Date("2026-11-21T12:00:00Z"),
      CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
      Description: "seals reports",
      Enabled: true,
      EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
      KeyId: id,
      KeyManager: "CUSTOMER",
      KeySpec: "SYMMETRIC_DEFAULT",
      KeyState: "Enabled",
      KeyUsage: "ENCRYPT_DECRYPT",
      MultiRegion: false,
      Origin: "AWS_KMS",
    });
  });

  it("want the usage that fits the spec", async () => {
    expect(await errorName(kms.newKey({ KeySpec: "ECC_NIST_P256" }))).toBe("ValidationException");
    expect(await errorName(kms.newKey({ KeySpec: "HMAC_256", KeyUsage: "SIGN_VERIFY" }))).toBe("ValidationException");
    expect(await errorName(kms.newKey({ KeyUsage: "SIGN_VERIFY" }))).toBe("ValidationException");
    expect(await errorName(kms.newKey({ KeySpec: "ECC_NIST_P521", KeyUsage: "SIGN_VERIFY" }))).toBe(
      "ValidationException",
    );
  });

  it("refuse what the stand-in does not do, by name", async () => {
    await expect(kms.newKey({ Policy: "{}" })).rejects.toThrow(/Policy/);
    await expect(kms.newKey({ MultiRegion: true })).rejects.toThrow(/MultiRegion/);
  });
});

describe("A key", () => {
  it("is found by id, ARN, alias and alias ARN", async () => {
    const id = await kms.newKey();
    await alias("alias/sealing", id);
    for (const name of [id, arn(id), "alias/sealing", "arn:aws:kms:us-east-1:000000000000:alias/sealing"]) {
      expect((await describeKey(name))?.KeyId).toBe(id);
      expect((await encrypt(name)).KeyId).toBe(arn(id));
    }
  });

  it("is not found by another name, account or region", async () => {
    const id = await kms.newKey();
    const foreign = [arn(id).replace("us-east-1", "eu-west-1"), arn(id).replace("000000000000", "111111111111")];
    for (const name of ["alias/none", "none", "11111111-1111-4111-8111-111111111111", ...foreign])
      expect(await errorName(encrypt(name))).toBe("NotFoundException");
  });

  it("does nothing while it is disabled, and works again once enabled", async () => {
    const KeyId = await kms.newKey();
    const { CiphertextBlob } = await encrypt(KeyId);
    await kms.client.send(new DisableKeyCommand({ KeyId }));
    expect(await describeKey(KeyId)).toMatchObject({ KeyState: "Disabled", Enabled: false });
    expect(await errorName(encrypt(KeyId))).toBe("DisabledException");
    expect(await errorName(kms.client.send(new DecryptCommand({ CiphertextBlob })))).toBe("DisabledException");
    expect(await errorName(kms.client.send(new RotateKeyOnDemandCommand({ KeyId })))).toBe("DisabledException");
    await kms.client.send(new EnableKeyCommand({ KeyId }));
    expect(await errorName(kms.client.send(new DecryptCommand({ CiphertextBlob })))).toBe("none");
  });

  it("keeps its public key to itself while it is disabled", async () => {
    const KeyId = await kms.newKey({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
    await kms.client.send(new DisableKeyCommand({ KeyId }));
    expect(await errorName(kms.client.send(new GetPublicKeyCommand({ KeyId })))).toBe("DisabledException");
  });

  it("is managed by id or ARN, not by alias", async () => {
    await alias("alias/sealing", await kms.newKey());
    expect(await errorName(kms.client.send(new DisableKeyCommand({ KeyId: "alias/sealing" })))).toBe(
      "NotFoundException",
    );
  });
});

describe("Deletion", () => {
  const schedule = (KeyId: string, PendingWindowInDays?: number) =>
    kms.client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays }));

  it("waits for its window, and then the key and its aliases are gone", async () => {
    const KeyId = await kms.newKey();
    await alias("alias/doomed", KeyId);
    const { CiphertextBlob } = await encrypt(KeyId);
    const answer = await schedule(KeyId, 7);
    expect(answer).toMatchObject({ KeyId: arn(KeyId), KeyState: "PendingDeletion", PendingWindowInDays: 7 });
    expect(answer.DeletionDate).toEqual(new Date("2026-11-28T12:00:00Z"));
    kms.pass(6.9);
    expect((await describeKey(KeyId))?.KeyState).toBe("PendingDeletion");
    for (const attempt of [
      encrypt(KeyId),
      kms.client.send(new EnableKeyCommand({ KeyId })),
      schedule(KeyId),
      alias("alias/x", KeyId),
    ])
      expect(await errorName(attempt)).toBe("KMSInvalidStateException");
    kms.pass(0.1);
    expect(await errorName(describeKey(KeyId))).toBe("NotFoundException");
    expect(await errorName(describeKey("alias/doomed"))).toBe("NotFoundException");
    expect(await errorName(kms.client.send(new DecryptCommand({ CiphertextBlob })))).toBe("AccessDeniedException");
    expect((await kms.client.send(new ListKeysCommand({}))).Keys).toEqual([]);
    expect((await kms.client.send(new ListAliasesCommand({}))).Aliases).toEqual([]);
  });

  it("can be cancelled, which leaves the key disabled", async () => {
    const KeyId = await kms.newKey();
    expect(await errorName(kms.client.send(new CancelKeyDeletionCommand({ KeyId })))).toBe("KMSInvalidStateException");
    await schedule(KeyId);
    expect((await kms.client.send(new CancelKeyDeletionCommand({ KeyId }))).KeyId).toBe(arn(KeyId));
    kms.pass(40);
    expect((await describeKey(KeyId))?.KeyState).toBe("Disabled");
  });

  it("takes 7 to 30 days", async () => {
    const KeyId = await kms.newKey();
    for (const days of [6, 31, 7.5]) expect(await errorName(schedule(KeyId, days))).toBe("ValidationException");
    expect((await schedule(KeyId)).DeletionDate).toEqual(new Date("2026-12-21T12:00:00Z"));
  });
});

describe("Rotation", () => {
  it("is listed, has no schedule, and ends after 25 times", async () => {
    const KeyId = await kms.newKey();
    for (let n = 0; n < 25; n++) await kms.client.send(new RotateKeyOnDemandCommand({ KeyId }));
    expect(await errorName(kms.client.send(new RotateKeyOnDemandCommand({ KeyId })))).toBe("LimitExceededException");
    const { Rotations } = await kms.client.send(new ListKeyRotationsCommand({ KeyId }));
    expect(Rotations).toHaveLength(25);
    expect(Rotations?.[0]).toEqual({
      KeyId,
      RotationDate: new Date("2026-11-21T12:00:00Z"),
      RotationType: "ON_DEMAND",
    });
    const status = await kms.client.send(new GetKeyRotationStatusCommand({ KeyId }));
    expect(status.KeyRotationEnabled).toBe(false);
  });

  it("is for symmetric encryption keys", async () => {
    const KeyId = await kms.newKey({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
    expect(await errorName(kms.client.send(new RotateKeyOnDemandCommand({ KeyId })))).toBe(
      "UnsupportedOperationException",
    );
  });
});

describe("An alias", () => {
  it("names one key, can move to another, and can go", async () => {
    const [one, two] = [await kms.newKey(), await kms.newKey()];
    await alias("alias/current", one);
    expect(await errorName(alias("alias/current", two))).toBe("AlreadyExistsException");
    await kms.client.send(new UpdateAliasCommand({ AliasName: "alias/current", TargetKeyId: two }));
    expect((await describeKey("alias/current"))?.KeyId).toBe(two);
    await kms.client.send(new DeleteAliasCommand({ AliasName: "alias/current" }));
    expect(await errorName(describeKey("alias/current"))).toBe("NotFoundException");
    const again = new DeleteAliasCommand({ AliasName: "alias/current" });
    expect(await errorName(kms.client.send(again))).toBe("NotFoundException");
  });

  it("stays with one kind of key", async () => {
    await alias("alias/current", await kms.newKey());
    const TargetKeyId = await kms.newKey({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
    const move = new UpdateAliasCommand({ AliasName: "alias/current", TargetKeyId });
    expect(await errorName(kms.client.send(move))).toBe("ValidationException");
  });

  it("has a name that KMS would take", async () => {
    const id = await kms.newKey();
    expect(await errorName(alias("current", id))).toBe("ValidationException");
    expect(await errorName(alias("alias/with space", id))).toBe("ValidationException");
    expect(await errorName(alias("alias/aws/own", id))).toBe("InvalidAliasNameException");
    expect(await errorName(alias("alias/current", "alias/other"))).toBe("NotFoundException");
  });

  it("is listed with its times, all or those of one key", async () => {
    const [one, two] = [await kms.newKey(), await kms.newKey()];
    await alias("alias/b", one);
    await alias("alias/a", two);
    const all = await kms.client.send(new ListAliasesCommand({}));
    expect(all.Aliases?.map(({ AliasName, TargetKeyId }) => [AliasName, TargetKeyId])).toEqual([
      ["alias/a", two],
      ["alias/b", one],
    ]);
    const { Aliases } = await kms.client.send(new ListAliasesCommand({ KeyId: one }));
    const at = new Date("2026-11-21T12:00:00Z");
    const AliasArn = "arn:aws:kms:us-east-1:000000000000:alias/b";
    expect(Aliases).toEqual([
      { AliasName: "alias/b", AliasArn, TargetKeyId: one, CreationDate: at, LastUpdatedDate: at },
    ]);
  });
});

describe("Tags", () => {
  const tagged = async (KeyId: string) => (await kms.client.send(new ListResourceTagsCommand({ KeyId }))).Tags;
  const tag = (KeyId: string, entries: [string, string][]) =>
    kms.client.send(
      new TagResourceCommand({ KeyId, Tags: entries.map(([TagKey, TagValue]) => ({ TagKey, TagValue })) }),
    );

  it("are set, changed and taken away", async () => {
    const KeyId = await kms.newKey({ Tags: [{ TagKey: "tenant", TagValue: "hearth" }] });
    await tag(KeyId, [
      ["tenant", "pilox"],
      ["use", "sealing"],
    ]);
    expect(await tagged(KeyId)).toEqual([
      { TagKey: "tenant", TagValue: "pilox" },
      { TagKey: "use", TagValue: "sealing" },
    ]);
    await kms.client.send(new UntagResourceCommand({ KeyId, TagKeys: ["tenant"] }));
    expect(await tagged(KeyId)).toEqual([{ TagKey: "use", TagValue: "sealing" }]);
  });

  it("are at most 50, each once, none of AWS's", async () => {
    const KeyId = await kms.newKey();
    const many = Array.from({ length: 51 }, (_, n): [string, string] => [`tag-${n}`, ""]);
    expect(await errorName(tag(KeyId, many))).toBe("LimitExceededException");
    expect(
      await errorName(
        tag(KeyId, [
          ["a", "1"],
          ["a", "2"],
        ]),
      ),
    ).toBe("TagException");
    expect(await errorName(tag(KeyId, [["aws:a", "1"]]))).toBe("TagException");
    expect(await tagged(KeyId)).toEqual([]);
  });
});

describe("Lists", () => {
  it("come in pages that give each key once", async () => {
    const ids = new Set<string>();
    for (let n = 0; n < 7; n++) ids.add(await kms.newKey());
    const seen: string[] = [];
    let Marker: string | undefined;
    do {
      const answer = await kms.client.send(new ListKeysCommand({ Limit: 3, Marker }));
      expect(answer.Truncated).toBe(answer.NextMarker !== undefined);
      for (const { KeyId = "", KeyArn } of answer.Keys ?? []) {
        expect(KeyArn).toBe(arn(KeyId));
        seen.push(KeyId);
      }
      Marker = answer.NextMarker;
    } while (Marker !== undefined);
    expect(seen).toHaveLength(7);
    expect(new Set(seen)).toEqual(ids);
  });

  it("refuse a marker of no list and a limit out of range", async () => {
    expect(await errorName(kms.client.send(new ListKeysCommand({ Marker: "?" })))).toBe("InvalidMarkerException");
    expect(await errorName(kms.client.send(new ListKeysCommand({ Limit: 1001 })))).toBe("ValidationException");
  });
});
