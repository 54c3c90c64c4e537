/** The notary in an intruder's hands: its access key and AWS's own clients. */
import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import {
  CreateKeyCommand,
  DecryptCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
  SignCommand,
  TagResourceCommand,
} from "@aws-sdk/client-kms";
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roleArns } from "#infra/local/stand-ins.ts";
import { connectKeyService } from "#shared/aws/key-service.ts";
import { tenantSessions } from "#shared/aws/tenant-session.ts";
import { readSigningKey, tenantKey } from "#shared/store/signing-keys.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { notary } from "#test/stage/doors.ts";
import { bucketNames, region, tableName, useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const TableName = tableName;
let scope: TenantScope;
let clients: { kms: KMSClient; s3: S3Client; table: DynamoDBClient };

beforeAll(async () => {
  scope = await newTenant(stage);
  await notary(stage).scheduled(stage.clock.now(), "request-1");
  const to = (endpoint: string) => ({ region, endpoint, credentials: stage.credentialsOf("notary"), maxAttempts: 1 });
  clients = {
    kms: new KMSClient(to(stage.endpoints.kms)),
    s3: new S3Client({ ...to(stage.endpoints.s3), forcePathStyle: true }),
    table: new DynamoDBClient(to(stage.endpoints.dynamodb)),
  };
});
afterAll(() => {
  for (const client of Object.values(clients)) client.destroy();
});

const refusal = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "done",
    (error: unknown) => (error instanceof Error ? error.name : "?"),
  );
const denied = expect.stringMatching(/^AccessDenied/);

/** The KMS key with which Candor signs for the tenant. */
async function signingKey(): Promise<string> {
  const key = await readSigningKey(tenantKey(scope));
  return key?.versions.at(-1)?.kmsKey ?? "";
}

/** Keys as a session of the tenant's own role uses them. */
async function tenantsKeys() {
  const sts = { region, endpoint: stage.endpoints.sts, credentials: stage.credentialsOf("admin-api") };
  const session = tenantSessions({ ...sts, roleArn: roleArns["admin-api-tenant"] }, () => stage.clock.now());
  const credentials = await session(scope.tenant);
  const kms = { region, endpoint: stage.endpoints.kms, credentials };
  return {
    service: connectKeyService({ ...kms, tenant: scope.tenant, platformKey: stage.keys.transit }),
    client: new KMSClient({ ...kms, maxAttempts: 1 }),
  };
}

describe("the notary's right", () => {
  it("opens nothing, wraps nothing, and destroys no key", async () => {
    const { kms } = clients;
    const EncryptionContext = { tenant: scope.tenant, purpose: "conversation" };
    const mine = await signingKey();
    for (const KeyId of [stage.keys.sealing, stage.keys.transit, stage.keys.digests, mine]) {
      const blob = { KeyId, EncryptionContext, CiphertextBlob: Buffer.alloc(64) };
      expect(await refusal(kms.send(new DecryptCommand(blob)))).toEqual(expect.not.stringMatching(/^done/));
      expect(
        await refusal(kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("x"), EncryptionContext }))),
      ).toEqual(denied);
      expect(
        await refusal(kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256", EncryptionContext }))),
      ).toEqual(denied);
      expect(await refusal(kms.send(new DisableKeyCommand({ KeyId })))).toEqual(denied);
      expect(await refusal(kms.send(new ScheduleKeyDeletionCommand({ KeyId })))).toEqual(denied);
    }
  });

  it("signs with the checkpoint key and its own keys for tenants, with no receipt key and no tenant's key", async () => {
    const { service } = await tenantsKeys();
    const tenants = await service.create("signing", "the tenant's own");
    const sign = (KeyId: string) =>
      refusal(
        clients.kms.send(
          new SignCommand({
            KeyId,
            Message: Buffer.alloc(32),
            MessageType: "DIGEST",
            SigningAlgorithm: "ECDSA_SHA_256",
          }),
        ),
      );
    expect(await sign(await signingKey())).toBe("done");
    expect(await sign(stage.keys.receipts)).toEqual(denied);
    expect(await sign(tenants)).toEqual(denied);
  });

  it("makes keys to sign with for tenants alone, and takes nobody's key for itself by a tag", async () => {
    const { service } = await tenantsKeys();
    const tenants = await service.create("signing", "the tenant's own");
    const make = (Tags: { TagKey: string; TagValue: string }[]) =>
      refusal(clients.kms.send(new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY", Tags })));
    const statement = { TagKey: "tenant", TagValue: "@statements:x" };
    expect(await make([statement])).toBe("done");
    expect(await make([])).toEqual(denied);
    expect(await make([{ TagKey: "tenant", TagValue: scope.tenant }])).toEqual(denied);
    expect(await make([statement, { TagKey: "more", TagValue: "x" }])).toEqual(denied);
    for (const KeyId of [tenants, stage.keys.receipts, stage.keys.sealing]) {
      const tag = new TagResourceCommand({ KeyId, Tags: [statement] });
      expect(await refusal(clients.kms.send(tag))).toEqual(denied);
    }
  });

  it("is not a tenant's: its role neither signs with the key that Candor signs with, nor shuts it off, nor takes it by a tag", async () => {
    const { client } = await tenantsKeys();
    const KeyId = await signingKey();
    const Message = Buffer.alloc(32);
    const attempts = [
      new SignCommand({ KeyId, Message, MessageType: "DIGEST", SigningAlgorithm: "ECDSA_SHA_256" }),
      new DisableKeyCommand({ KeyId }),
      new ScheduleKeyDeletionCommand({ KeyId }),
      new TagResourceCommand({ KeyId, Tags: [{ TagKey: "tenant", TagValue: scope.tenant }] }),
      new TagResourceCommand({ KeyId: stage.keys.sealing, Tags: [{ TagKey: "tenant", TagValue: scope.tenant }] }),
    ];
    for (const attempt of attempts) expect(await refusal(client.send(attempt as SignCommand))).toEqual(denied);
    client.destroy();
  });

  it("reads no report, no member and no sealed thing, and takes nothing out of a log", async () => {
    const { table, s3 } = clients;
    const partitions = ["REPORT", "MEMBER", "SEALING", "OUTBOX", "QUARANTINE", "CLOCKS", "KEY"].map(
      (kind) => `${kind}#${scope.tenant}#`,
    );
    for (const pk of partitions) {
      const Key = { pk: { S: pk }, sk: { S: "x" } };
      expect(await refusal(table.send(new GetItemCommand({ TableName, Key })))).toEqual(denied);
      expect(await refusal(table.send(new PutItemCommand({ TableName, Item: Key })))).toEqual(denied);
      const query = { KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": { S: pk } } };
      expect(await refusal(table.send(new QueryCommand({ TableName, ...query })))).toEqual(denied);
    }
    for (const pk of [
      `AUDIT#${scope.tenant}#`,
      `LEAF#${scope.tenant}#`,
      `ENTRIES#${scope.tenant}#0#`,
      "LOG#~public#",
    ]) {
      const Key = { pk: { S: pk }, sk: { S: "x" } };
      expect(await refusal(table.send(new DeleteItemCommand({ TableName, Key })))).toEqual(denied);
    }
    const tile = { Bucket: bucketNames.ledger, Key: "public/tile/0/000.p/1" };
    expect(await refusal(s3.send(new DeleteObjectCommand(tile)))).toEqual(denied);
    expect(await refusal(s3.send(new ListObjectsV2Command({ Bucket: bucketNames.ledger, Prefix: "public/" })))).toEqual(
      denied,
    );
    expect(await refusal(s3.send(new PutObjectCommand({ Bucket: bucketNames.sealed, Key: "x/y", Body: "z" })))).toEqual(
      denied,
    );
  });
});
