/** The front door in an intruder's hands: its code, its environment, its access key, and AWS's own clients. */
import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { DecryptCommand, GenerateDataKeyCommand, KMSClient, ReEncryptCommand } from "@aws-sdk/client-kms";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { SESClient, SendRawEmailCommand } from "@aws-sdk/client-ses";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { beforeAll, describe, expect, it } from "vitest";
import { roleArns } from "#infra/local/stand-ins.ts";
import { conversationContext } from "#shared/report/conversation.ts";
import { partitions, sorts } from "#shared/store/keys.ts";
import { readConversation } from "#shared/store/reports.ts";
import { purposeContext, readSealingKey } from "#shared/store/sealing-keys.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { objectsIn } from "#test/stage/arriving-mail.ts";
import { onlyRecord, quarantineOf } from "#test/stage/records.ts";
import { report } from "#test/stage/reporter.ts";
import { bucketNames, region, tableName, useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const TableName = tableName;

/** What lies in the table and the buckets; the intruder is given every name. */
let prey: {
  tenant: TenantScope;
  report: string;
  message: string;
  item: string;
  conversation: string;
  object: string;
  quarantined: string;
};

beforeAll(async () => {
  const tenant = await newTenant(stage);
  await report(stage, tenant);
  await report(stage, tenant, { fields: ["X-Local-Virus: FAIL"] });
  const { report: found, messages, outboxItem } = await onlyRecord(tenant);
  const [message] = messages;
  const raw = message?.raw;
  const [quarantined] = await quarantineOf(tenant);
  prey = {
    tenant,
    report: found.id,
    message: sorts.message(message?.recordedAt, message?.id),
    item: outboxItem?.id ?? "",
    conversation: message?.conversation ?? "",
    object: raw && "object" in raw ? raw.object : "",
    quarantined: String(quarantined?.["sk"]),
  };
});

const connection = (service: keyof typeof stage.endpoints) => ({
  ...{ region, endpoint: stage.endpoints[service], maxAttempts: 1 },
  credentials: stage.credentialsOf("inbound-mail"),
});

/** Every way to name an item that is nobody's business at the front. */
const secrets = () =>
  [
    ["a report", partitions.report(prey.tenant.tenant, prey.report), sorts.report()],
    ["a message", partitions.report(prey.tenant.tenant, prey.report), prey.message],
    ["a conversation", partitions.report(prey.tenant.tenant, prey.report), sorts.conversation(prey.conversation)],
    ["an outbox item", partitions.outbox(prey.tenant.tenant), prey.item],
    ["a quarantined mail", partitions.quarantine(prey.tenant.tenant), prey.quarantined],
    ["a clock", partitions.clocks(prey.tenant.tenant), prey.report],
    ["a member", partitions.members(prey.tenant.tenant), sorts.member("https://login.example", "x")],
  ] as const;

const refusal = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    (answer) => `granted: ${JSON.stringify(answer).slice(0, 200)}`,
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );

describe("the front door, taken over", () => {
  it("is where its mails come in: the things it is after exist, and the host can read them", async () => {
    for (const [, pk, sk] of secrets().slice(0, 6)) expect(await stage.table.get({ pk, sk })).toBeDefined();
    expect(await objectsIn(stage, "sealed", prey.object)).toEqual([prey.object]);
  });

  it("reads no stored thing, in none of the ways that the table has", async () => {
    const client = new DynamoDBClient(connection("dynamodb"));
    for (const [what, pk, sk] of secrets()) {
      const Key = { pk: { S: pk }, sk: { S: sk } };
      const named = { ExpressionAttributeNames: { "#p": "pk" }, ExpressionAttributeValues: { ":p": { S: pk } } };
      const tries = {
        get: client.send(new GetItemCommand({ TableName, Key })),
        batch: client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [Key] } } })),
        transaction: client.send(new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName, Key } }] })),
        query: client.send(new QueryCommand({ TableName, KeyConditionExpression: "#p = :p", ...named })),
        "old values of a write": client.send(new PutItemCommand({ TableName, Item: Key, ReturnValues: "ALL_OLD" })),
        "values of an update": client.send(
          new UpdateItemCommand({
            ...{ TableName, Key, ReturnValues: "ALL_NEW", UpdateExpression: "SET x = :x" },
            ExpressionAttributeValues: { ":x": { S: "" } },
          }),
        ),
        "the item that failed a condition": client.send(
          new PutItemCommand({
            ...{ TableName, Item: Key, ConditionExpression: "attribute_not_exists(pk)" },
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        ),
      };
      for (const [way, call] of Object.entries(tries)) {
        expect([what, way, await refusal(call)]).toEqual([what, way, "AccessDeniedException"]);
      }
    }
    expect(await refusal(client.send(new ScanCommand({ TableName })))).toBe("AccessDeniedException");
    client.destroy();
  });

  it("finds no reports in the indexes", async () => {
    const client = new DynamoDBClient(connection("dynamodb"));
    for (const [index, key, partition] of [
      ["inbox", "inboxKey", `INBOX#${prey.tenant.tenant}#`],
      ["due", "dueKey", "DUE#clock#0#"],
    ] as const) {
      const question = {
        ...{ TableName, IndexName: index, KeyConditionExpression: "#p = :p" },
        ...{ ExpressionAttributeNames: { "#p": key }, ExpressionAttributeValues: { ":p": { S: partition } } },
      };
      expect(await refusal(client.send(new QueryCommand(question)))).toBe("AccessDeniedException");
    }
    client.destroy();
  });

  it("reads and lists no sealed object", async () => {
    const client = new S3Client({ ...connection("s3"), forcePathStyle: true });
    const Bucket = bucketNames.sealed;
    expect(await refusal(client.send(new GetObjectCommand({ Bucket, Key: prey.object })))).toBe("AccessDenied");
    expect(await refusal(client.send(new ListObjectsV2Command({ Bucket })))).toBe("AccessDenied");
    expect(await refusal(client.send(new ListObjectsV2Command({ Bucket: bucketNames.raw })))).toBe("AccessDenied");
    client.destroy();
  });

  it("opens no wrapped key, with whatever context, and gets none wrapped anew for another", async () => {
    const client = new KMSClient(connection("kms"));
    const { scope, tenant } = { scope: prey.tenant, tenant: prey.tenant.tenant };
    const conversation = await readConversation(scope, prey.report, prey.conversation);
    const outboxKey = await readSealingKey(scope, "outbox");
    const wrapped: [Uint8Array | undefined, Record<string, string>][] = [
      [conversation?.wrappedPrivateKey, conversationContext(tenant, prey.conversation)],
      [outboxKey?.wrappedPrivateKey, purposeContext(scope, "outbox")],
    ];
    for (const [CiphertextBlob, EncryptionContext] of wrapped) {
      expect(CiphertextBlob).toBeDefined();
      const KeyId = stage.keys.sealing;
      const tries = [
        new DecryptCommand({ CiphertextBlob, EncryptionContext, KeyId }),
        new ReEncryptCommand({
          ...{ CiphertextBlob, SourceEncryptionContext: EncryptionContext, DestinationKeyId: KeyId },
          DestinationEncryptionContext: { tenant, purpose: "quarantine", object: "mine" },
        }),
        new GenerateDataKeyCommand({ KeyId, EncryptionContext, KeySpec: "AES_256" }),
      ] as const;
      const [decrypt, rewrap, dataKey] = tries;
      expect(await refusal(client.send(decrypt))).toBe("AccessDeniedException");
      expect(await refusal(client.send(rewrap))).toBe("AccessDeniedException");
      expect(await refusal(client.send(dataKey))).toBe("AccessDeniedException");
    }
    client.destroy();
  });

  it("takes on no tenant's role and sends no mail", async () => {
    const sts = new STSClient(connection("sts"));
    const role = new AssumeRoleCommand({
      ...{ RoleArn: roleArns["admin-api-tenant"], RoleSessionName: "intruder" },
      Tags: [{ Key: "tenant", Value: prey.tenant.tenant }],
    });
    expect(await refusal(sts.send(role))).toBe("AccessDenied");
    sts.destroy();
    const ses = new SESClient(connection("ses"));
    const mail = new SendRawEmailCommand({
      ...{ Source: `security@${prey.tenant.tenant}.localhost`, Destinations: ["r@lab.example"] },
      RawMessage: { Data: Buffer.from(`From: security@${prey.tenant.tenant}.localhost\r\nTo: r@lab.example\r\n\r\nx`) },
    });
    expect(await refusal(ses.send(mail))).toMatch(/^AccessDenied/);
    ses.destroy();
  });
});
