/** The publisher in an intruder's hands: its access key, its tenant role, and AWS's own clients. */
import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { EncryptCommand, GenerateDataKeyCommand, KMSClient, SignCommand } from "@aws-sdk/client-kms";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roleArns } from "#infra/local/stand-ins.ts";
import { tenantSessions } from "#shared/aws/tenant-session.ts";
import { readReleasePointer } from "#shared/store/public-releases.ts";
import { readSigningKey, tenantKey } from "#shared/store/signing-keys.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { claim, publishNow, writeItem } from "#test/stage/publishing.ts";
import { bucketNames, region, tableName, useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const TableName = tableName;
let mine: TenantScope;
let other: TenantScope;
let clients: { kms: KMSClient; s3: S3Client; table: DynamoDBClient };

beforeAll(async () => {
  [mine, other] = [await newTenant(stage), await newTenant(stage)];
  for (const scope of [mine, other]) {
    await writeItem(scope, "claims", claim("tls"));
    await publishNow(stage, scope);
  }
  const sts = { region, endpoint: stage.endpoints.sts, credentials: stage.credentialsOf("publisher") };
  const session = tenantSessions({ ...sts, roleArn: roleArns["publisher-tenant"] }, () => stage.clock.now());
  const credentials = await session(mine.tenant);
  const to = (endpoint: string) => ({ region, endpoint, credentials, maxAttempts: 1 });
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
const put = (pk: string, sk: string) =>
  refusal(clients.table.send(new PutItemCommand({ TableName, Item: { pk: { S: pk }, sk: { S: sk } } })));
const query = (pk: string) =>
  refusal(
    clients.table.send(
      new QueryCommand({
        ...{ TableName, KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": { S: pk } } },
      }),
    ),
  );

describe("the publisher's right", () => {
  it("moves no pointer and shows nothing, not even of its own tenant", async () => {
    const { tenant } = mine;
    for (const sk of ["SHOWN", "RELEASE#00000002", "jwks.json"])
      expect([sk, await put(`PUBLIC#${tenant}#`, sk)]).toEqual([sk, denied]);
    expect(await readReleasePointer(mine)).toMatchObject({ release: 1 });
  });

  it("changes no draft, no profile, no key and no log", async () => {
    const { tenant } = mine;
    for (const kind of ["DRAFT", "TENANT", "SIGNING", "KEY", "LOG", "LEAF", "MEMBER", "REPORT"])
      expect([kind, await put(`${kind}#${tenant}#`, "x")]).toEqual([kind, denied]);
    for (const partition of ["LOG#~public#", "LEAF#~public#", "PENDING#~platform#"])
      expect([partition, await put(partition, "x")]).toEqual([partition, denied]);
  });

  it("reaches nothing of another tenant", async () => {
    const { tenant } = other;
    for (const kind of ["DRAFT", "RELEASE", "PUBLICATION"])
      expect([kind, await query(`${kind}#${tenant}#`)]).toEqual([kind, denied]);
    for (const kind of ["RELEASE", "PENDING", "AUDIT", "PUBLICATION"])
      expect([kind, await put(`${kind}#${tenant}#`, "x")]).toEqual([kind, denied]);
    const body = (await readReleasePointer(other))?.body.replace("sha256:", "") ?? "";
    const object = { Bucket: bucketNames.releases, Key: `${tenant}/${body}` };
    expect(await refusal(clients.s3.send(new GetObjectCommand(object)))).toEqual(denied);
    expect(await refusal(clients.s3.send(new PutObjectCommand({ ...object, Body: "x" })))).toEqual(denied);
    const list = new ListObjectsV2Command({ Bucket: bucketNames.releases, Prefix: `${mine.tenant}/` });
    expect(await refusal(clients.s3.send(list))).toEqual(denied);
  });

  it("reads no report, and neither signs nor uses a key", async () => {
    const { tenant } = mine;
    const Key = { pk: { S: `REPORT#${tenant}#r1#` }, sk: { S: "REPORT" } };
    expect(await refusal(clients.table.send(new GetItemCommand({ TableName, Key })))).toEqual(denied);
    const key = (await readSigningKey(tenantKey(mine)))?.versions.at(-1)?.kmsKey ?? "";
    const sign = { KeyId: key, Message: Buffer.alloc(32), MessageType: "DIGEST" } as const;
    expect(await refusal(clients.kms.send(new SignCommand({ ...sign, SigningAlgorithm: "ECDSA_SHA_256" })))).toEqual(
      denied,
    );
    const data = { KeyId: stage.keys.sealing, EncryptionContext: { tenant, purpose: "conversation" } };
    expect(await refusal(clients.kms.send(new GenerateDataKeyCommand({ ...data, KeySpec: "AES_256" })))).toEqual(
      denied,
    );
    expect(await refusal(clients.kms.send(new EncryptCommand({ ...data, Plaintext: Buffer.alloc(1) })))).toEqual(
      denied,
    );
  });
});
