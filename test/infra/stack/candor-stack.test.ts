import { rmSync } from "node:fs";
import { Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { afterAll, describe, expect, it } from "vitest";
import { type Door, doors, queues } from "#infra/doors.ts";
import { constructId } from "#infra/stack/each-of.ts";
import { statementsIn } from "./statement.ts";
import { account, at, domain, ofType, region, synthesise } from "./template.ts";

const { app, resources, folder } = synthesise();
afterAll(() => rmSync(folder, { recursive: true }));
const properties = (path: string) => at(resources, path).Properties;

describe("what is kept", () => {
  it("is a table on demand that can be restored, can't be deleted, and streams its keys alone", () => {
    const { Properties, DeletionPolicy } = at(resources, "Data/Table");
    expect(DeletionPolicy).toBe("Retain");
    expect(Properties).toMatchObject({
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      StreamSpecification: { StreamViewType: "KEYS_ONLY" },
      TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
      // AWS's own key: no door needs a right on it.
      SSESpecification: { SSEEnabled: false },
      Replicas: [
        {
          Region: region,
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      ],
    });
  });

  it("has the two indexes that the store reads, and no third", () => {
    const index = (name: string, partition: string, sort: string, projection: string) => ({
      IndexName: name,
      KeySchema: [
        { AttributeName: partition, KeyType: "HASH" },
        { AttributeName: sort, KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: projection },
    });
    expect(properties("Data/Table")["GlobalSecondaryIndexes"]).toEqual([
      index("inbox", "inboxKey", "inboxAt", "ALL"),
      index("due", "dueKey", "dueAt", "KEYS_ONLY"),
    ]);
  });

  it.each(["Raw", "Sealed", "Ledger", "AccessLogs"])(
    "is closed to the public, over TLS only, without KMS: bucket %s",
    (bucket) => {
      const { Properties, DeletionPolicy } = at(resources, `Data/${bucket}`);
      expect(DeletionPolicy).toBe("Retain");
      expect(Properties["PublicAccessBlockConfiguration"]).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect(Properties["BucketEncryption"]).toEqual({
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
      });
      expect(statementsIn(at(resources, `Data/${bucket}/Policy`))).toContainEqual(
        expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      );
    },
  );

  it("keeps raw mail for two weeks at most and in one version, sealed objects in versions", () => {
    expect(properties("Data/Raw")).toMatchObject({
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 14, Status: "Enabled" }] },
    });
    expect(properties("Data/Raw")["VersioningConfiguration"]).toBeUndefined();
    expect(properties("Data/Sealed")["VersioningConfiguration"]).toEqual({ Status: "Enabled" });
    expect(JSON.stringify(properties("Data/Sealed")["LifecycleConfiguration"])).not.toContain('"ExpirationInDays"');
    expect(properties("Data/Ledger")["VersioningConfiguration"]).toEqual({ Status: "Enabled" });
    expect(properties("Data/Ledger")["LifecycleConfiguration"]).toBeUndefined();
    expect(properties("Data/Releases")["VersioningConfiguration"]).toEqual({ Status: "Enabled" });
    expect(JSON.stringify(properties("Data/Releases")["LifecycleConfiguration"])).not.toContain('"ExpirationInDays"');
  });

  it("has rotated keys for sealing and transit and an HMAC key, all kept", () => {
    for (const path of ["Keys/Sealing", "Keys/Transit"]) {
      expect(at(resources, path)).toMatchObject({ DeletionPolicy: "Retain", Properties: { EnableKeyRotation: true } });
      expect(properties(path)["KeySpec"]).toBeUndefined();
    }
    for (const path of ["Keys/Digests", "Keys/Api", "Keys/Subscribers"])
      expect(at(resources, path)).toMatchObject({
        DeletionPolicy: "Retain",
        Properties: { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" },
      });
    const aliases = ofType(resources, "KMS::Alias").map(({ Properties }) => Properties["AliasName"]);
    const names = ["sealing", "transit", "digests", "checkpoints", "receipts", "api", "subscribers"];
    expect(aliases).toEqual(names.map((name) => `alias/candor-${name}`));
  });

  it("has an Ed25519 key for checkpoints and a P-256 key for receipts, kept", () => {
    const specs = { Checkpoints: "ECC_NIST_EDWARDS25519", Receipts: "ECC_NIST_P256" };
    for (const [name, KeySpec] of Object.entries(specs))
      expect(at(resources, `Keys/${name}`)).toMatchObject({
        DeletionPolicy: "Retain",
        Properties: { KeySpec, KeyUsage: "SIGN_VERIFY" },
      });
  });
});

describe("what visitors send", () => {
  it("goes to the door that takes it, by POST and exact path; all else of the host to the pages", () => {
    const routes = ofType(resources, "ApiGatewayV2::Route").map(({ Properties }) => Properties["RouteKey"]);
    expect(routes).toEqual(
      expect.arrayContaining(["", "/confirm", "/unsubscribe"].map((path) => `POST /subscribe${path}`)),
    );
    expect(routes.filter((route) => String(route).startsWith("POST"))).toHaveLength(3);
  });
});

describe("mail in", () => {
  it("is taken by one rule for the domain and all its subdomains, scanned, with or without TLS", () => {
    const rules = ofType(resources, "SES::ReceiptRule");
    expect(rules.map(({ Properties }) => Properties["Rule"])).toEqual([
      {
        Name: "inbound",
        Enabled: true,
        Recipients: [domain, `.${domain}`],
        ScanEnabled: true,
        TlsPolicy: "Optional",
        Actions: [
          {
            S3Action: {
              BucketName: `<${at(resources, "Data/Raw").id}>`,
              ObjectKeyPrefix: "inbound/",
              TopicArn: `<${at(resources, "Mail/Inbound").id}>`,
            },
          },
        ],
      },
    ]);
  });

  it("is written by that rule alone, and the rule waits for its permission", () => {
    const source = `arn:aws:ses:${region}:${account}:receipt-rule-set/candor:receipt-rule/inbound`;
    const [put, ...others] = statementsIn(at(resources, "Data/Raw/Policy")).filter(({ Effect }) => Effect === "Allow");
    expect(others).toEqual([]);
    expect(put).toEqual({
      Effect: "Allow",
      Principal: { Service: ["ses.amazonaws.com"] },
      Action: ["s3:PutObject"],
      Resource: [`<${at(resources, "Data/Raw").id}.Arn>/inbound/*`],
      Condition: { StringEquals: { "aws:SourceAccount": account, "aws:SourceArn": source } },
    });
    expect(at(resources, "Mail/Rule").DependsOn).toEqual(
      expect.arrayContaining([at(resources, "Data/Raw/Policy").id, at(resources, "Mail/Inbound/Policy").id]),
    );
    expect(properties("Mail/Rules")["RuleSetName"]).toBe("candor");
  });

  it("reaches its queue as published, and the dead letters where SNS can't deliver; so does feedback", () => {
    const subscriptions = ofType(resources, "SNS::Subscription").map(({ Properties }) => Properties);
    expect(subscriptions).toEqual(
      ["Inbound", "Feedback"].map((name) => ({
        Protocol: "sqs",
        RawMessageDelivery: true,
        TopicArn: `<${at(resources, `Mail/${name}`).id}>`,
        Endpoint: `<${at(resources, `Queues/${name}`).id}.Arn>`,
        RedrivePolicy: { deadLetterTargetArn: `<${at(resources, `Queues/${name}Dead`).id}.Arn>` },
      })),
    );
  });

  it("has nothing under a customer-managed key between SES and the door", () => {
    const between = [
      ...ofType(resources, "S3::Bucket"),
      ...ofType(resources, "SQS::Queue"),
      ...ofType(resources, "SNS::Topic"),
    ];
    expect(between.length).toBeGreaterThan(10);
    expect(JSON.stringify(between)).not.toMatch(/Kms/i);
    for (const { Properties } of ofType(resources, "SQS::Queue")) expect(Properties["SqsManagedSseEnabled"]).toBe(true);
  });
});

describe("mail out", () => {
  it("tells the feedback topic what became of each mail, without tracking who opens it", () => {
    const [destination, ...others] = ofType(resources, "SES::ConfigurationSetEventDestination");
    expect(others).toEqual([]);
    const events = ["send", "delivery", "deliveryDelay", "bounce", "complaint", "reject", "renderingFailure"];
    expect(destination?.Properties["EventDestination"]).toEqual({
      Enabled: true,
      MatchingEventTypes: events,
      SnsDestination: { TopicARN: `<${at(resources, "Mail/Feedback").id}>` },
    });
  });
});

describe("queues", () => {
  it.each(Object.entries(queues))("set aside what fails too often: %s", (name, shape) => {
    expect(properties(`Queues/${constructId(name)}`)).toMatchObject({
      VisibilityTimeout: shape.visibilitySeconds,
      MessageRetentionPeriod: shape.retentionDays * 86_400,
      RedrivePolicy: {
        deadLetterTargetArn: `<${at(resources, `Queues/${constructId(name)}Dead`).id}.Arn>`,
        maxReceiveCount: shape.receives,
      },
    });
  });

  it("hide a message six times as long as its door may take, as Lambda asks", () => {
    for (const door of Object.values<Door>(doors)) {
      for (const trigger of door.triggers) {
        if (trigger.kind !== "queue") continue;
        expect(queues[trigger.queue].visibilitySeconds).toBeGreaterThanOrEqual(6 * door.timeoutSeconds);
      }
    }
  });

  it("raise an alarm at the first dead letter, each of them, and at mail that waits", () => {
    const topic = `<${at(resources, "Alarms/Topic").id}>`;
    const alarms = ofType(resources, "CloudWatch::Alarm").map(({ Properties }) => Properties);
    for (const alarm of alarms) expect(alarm["AlarmActions"]).toEqual([topic]);
    const watching = (metric: string) =>
      alarms
        .filter(({ MetricName }) => MetricName === metric)
        .map(({ Dimensions, Threshold }) => ({ Dimensions, Threshold }));
    const on = (queue: string, Threshold: number) => ({
      Dimensions: [{ Name: "QueueName", Value: `<${queue}.QueueName>` }],
      Threshold,
    });
    const dead = ofType(resources, "SQS::Queue").filter(({ path }) => path.endsWith("Dead"));
    expect(dead).toHaveLength(6);
    expect(watching("ApproximateNumberOfMessagesVisible")).toEqual(dead.map(({ id }) => on(id, 1)));
    expect(watching("ApproximateAgeOfOldestMessage")).toEqual([on(at(resources, "Queues/Inbound").id, 900)]);
  });

  it("raise an alarm when a sweep fails, which would find what was lost", () => {
    const errors = ofType(resources, "CloudWatch::Alarm").filter(
      ({ Properties }) => Properties["MetricName"] === "Errors",
    );
    const scheduled = Object.entries<Door>(doors).filter(([, { triggers }]) =>
      triggers.some(({ kind }) => kind === "schedule"),
    );
    const sweeps = scheduled.map(([door]) => `<${at(resources, `${constructId(door)}/Function`).id}>`);
    expect(errors.map(({ Properties }) => Properties["Dimensions"])).toEqual(
      sweeps.map((Value) => [{ Name: "FunctionName", Value }]),
    );
  });
});

describe("the stack", () => {
  it("has no finding of cdk-nag's AwsSolutions without a reason", () => {
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth({ force: true, validateOnSynthesis: true })).not.toThrow();
  });

  it("keeps two deployments in one account apart", () => {
    const other = synthesise({ name: "rehearsal" });
    rmSync(other.folder, { recursive: true });
    const named = (resource: { Properties: Record<string, unknown> }) =>
      ["RoleName", "AliasName", "RuleSetName", "Name"].map((property) => resource.Properties[property]);
    const names = other.resources.flatMap(named).filter((name) => typeof name === "string");
    expect(names.filter((name) => name.includes("candor"))).toEqual([]);
    expect(names).toContain("rehearsal-inbound-mail");
  });

  it("mails alarms where an address is given", () => {
    const told = synthesise({ alarmAddress: "ops@example.com" });
    rmSync(told.folder, { recursive: true });
    const mailed = ofType(told.resources, "SNS::Subscription").filter(
      ({ Properties }) => Properties["Protocol"] === "email",
    );
    expect(mailed.map(({ Properties }) => Properties["Endpoint"])).toEqual(["ops@example.com"]);
    expect(
      ofType(resources, "SNS::Subscription").filter(({ Properties }) => Properties["Protocol"] === "email"),
    ).toEqual([]);
  });
});
