import { rmSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { doorNames, doors } from "#infra/doors.ts";
import { constructId } from "#infra/stack/each-of.ts";
import { ScheduleEvent } from "#shared/aws/schedule-event.ts";
import { environments } from "#shared/config.ts";
import { account, at, domain, ofType, region, synthesise } from "./template.ts";

const { resources, folder } = synthesise();
afterAll(() => rmSync(folder, { recursive: true }));
const properties = (path: string) => at(resources, path).Properties;

describe("doors", () => {
  it.each(doorNames)("run on Node 24 and arm64 as infra/doors.ts says: %s", (door) => {
    const { memoryMb, timeoutSeconds } = doors[door];
    expect(properties(`${constructId(door)}/Function`)).toMatchObject({
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Handler: "index.handler",
      MemorySize: memoryMb,
      Timeout: timeoutSeconds,
      LoggingConfig: { LogGroup: `<${at(resources, `${constructId(door)}/Log`).id}>` },
    });
    expect(properties(`${constructId(door)}/Log`)["RetentionInDays"]).toBe(90);
  });

  it("are the only Lambdas", () => {
    expect(ofType(resources, "Lambda::Function").map(({ path }) => path)).toEqual(
      doorNames.map((door) => `${constructId(door)}/Function`),
    );
  });

  it.each(doorNames)("have an environment that their code takes, and nothing that it does not read: %s", (door) => {
    const { Variables } = z
      .object({ Variables: z.record(z.string(), z.string()) })
      .parse(properties(`${constructId(door)}/Function`)["Environment"]);
    const resolved = Object.entries(Variables).map(([name, value]) => [name, value.replaceAll(/<[^>]*>/g, standIn)]);
    const schema = environments[door];
    expect(schema.safeParse({ AWS_REGION: region, ...Object.fromEntries(resolved) }).error).toBeUndefined();
    expect(Object.keys(schema.shape)).toEqual(expect.arrayContaining(Object.keys(Variables)));
    expect(Object.keys(Variables).filter((name) => name.startsWith("AWS_"))).toEqual([]);
  });

  it("are woken by queues whose failed messages come back alone", () => {
    const fed = {
      inbound: ["InboundMail", 5],
      outbox: ["Outbox", 10],
      feedback: ["MailFeedback", 10],
      jobs: ["Jobs", 1],
    } as const;
    for (const [queue, [door, BatchSize]] of Object.entries(fed)) {
      expect(properties(`${door}/From${queue}`)).toEqual({
        FunctionName: `<${at(resources, `${door}/Function`).id}>`,
        EventSourceArn: `<${at(resources, `Queues/${constructId(queue)}`).id}.Arn>`,
        BatchSize,
        FunctionResponseTypes: ["ReportBatchItemFailures"],
        ScalingConfig: { MaximumConcurrency: 20 },
      });
    }
    expect(ofType(resources, "Lambda::EventSourceMapping")).toHaveLength(8);
  });

  it.each([
    ["Outbox", 25, 0, ["OUTBOX#"]],
    ["Notary", 100, 1, ["AUDIT#", "PENDING#", "SIGNING#", "ASKED#", "RELEASE#"]],
    ["Jobs", 1, 0, ["JOB#"]],
    ["Publisher", 10, 0, ["PUBLICATION#"]],
  ])(
    "are woken by new items under their prefixes alone, and set aside what keeps failing: %s",
    (door, BatchSize, MaximumBatchingWindowInSeconds, prefixes) => {
      const { FilterCriteria, ...mapping } = properties(`${door}/FromTable`);
      expect(mapping).toMatchObject({
        EventSourceArn: `<${at(resources, "Data/Table").id}.StreamArn>`,
        StartingPosition: "TRIM_HORIZON",
        BatchSize,
        MaximumBatchingWindowInSeconds,
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ["ReportBatchItemFailures"],
        MaximumRetryAttempts: 8,
        DestinationConfig: { OnFailure: { Destination: `<${at(resources, "Queues/StreamDead").id}.Arn>` } },
      });
      const { Filters } = z.object({ Filters: z.array(z.object({ Pattern: z.string() })) }).parse(FilterCriteria);
      expect(Filters.map(({ Pattern }): unknown => JSON.parse(Pattern))).toEqual(
        prefixes.map((prefix) => ({ eventName: ["INSERT"], dynamodb: { Keys: { pk: { S: [{ prefix }] } } } })),
      );
    },
  );
});

describe("schedules", () => {
  const target = z.object({
    Arn: z.string(),
    RoleArn: z.string(),
    Input: z.string(),
    DeadLetterConfig: z.object({ Arn: z.string() }),
  });

  it.each([
    ["mail-sweep", "rate(5 minutes)"],
    ["outbox-sweep", "rate(1 minute)"],
    ["notary", "rate(1 minute)"],
    ["host-check", "rate(1 minute)"],
    ["jobs", "rate(1 minute)"],
    ["publisher", "rate(1 minute)"],
  ])("run %s with the scheduled instant as its time", (rule, rate) => {
    const schedule = properties(`Schedules/${constructId(rule)}`);
    expect(schedule).toMatchObject({
      Name: `candor-${rule}`,
      ScheduleExpression: rate,
      FlexibleTimeWindow: { Mode: "OFF" },
    });
    const { Arn, Input, DeadLetterConfig } = target.parse(schedule["Target"]);
    expect(Arn).toBe(`<${at(resources, `${constructId(rule)}/Function`).id}.Arn>`);
    expect(DeadLetterConfig.Arn).toBe(`<${at(resources, "Queues/SchedulesDead").id}.Arn>`);
    const event = Input.replaceAll("<aws.scheduler.scheduled-time>", "2026-11-21T12:00:00Z");
    expect(ScheduleEvent.parse(JSON.parse(event)).time).toEqual(new Date("2026-11-21T12:00:00Z"));
    expect(JSON.parse(event)).toMatchObject({ detail: { rule } });
  });

  it("may call their own door and set a run aside, and nothing else", () => {
    for (const door of ["MailSweep", "OutboxSweep", "Notary", "Jobs", "Publisher"]) {
      const caller = properties(`Schedules/${door}Caller`);
      expect(caller["ManagedPolicyArns"]).toBeUndefined();
      expect(caller["Policies"]).toMatchObject([
        {
          PolicyDocument: {
            Statement: [
              { Action: "lambda:InvokeFunction", Resource: `<${at(resources, `${door}/Function`).id}.Arn>` },
              { Action: "sqs:SendMessage", Resource: `<${at(resources, "Queues/SchedulesDead").id}.Arn>` },
            ],
          },
        },
      ]);
    }
  });
});

describe("the web", () => {
  it("reaches the tenant's pages through an HTTP API, whose log names no visitor", () => {
    const [integration] = ofType(resources, "ApiGatewayV2::Integration");
    expect(integration?.Properties).toMatchObject({
      IntegrationType: "AWS_PROXY",
      PayloadFormatVersion: "2.0",
      IntegrationUri: `<${at(resources, "TrustSite/Function").id}.Arn>`,
    });
    const [stage] = ofType(resources, "ApiGatewayV2::Stage");
    expect(JSON.stringify(stage?.Properties["AccessLogSettings"])).not.toMatch(/sourceIp|userAgent|identity|query/i);
  });

  it("reaches the API through a URL that streams, and no other door", () => {
    expect(ofType(resources, "Lambda::Url").map(({ Properties }) => Properties)).toEqual([
      {
        TargetFunctionArn: `<${at(resources, "AdminApi/Function").id}.Arn>`,
        InvokeMode: "RESPONSE_STREAM",
        AuthType: "NONE",
      },
    ]);
    const open = ofType(resources, "Lambda::Permission").filter(({ Properties }) => Properties["Principal"] === "*");
    for (const { Properties } of open) {
      expect(Properties["FunctionName"]).toBe(`<${at(resources, "AdminApi/Function").id}.Arn>`);
      expect(Properties["FunctionUrlAuthType"] ?? Properties["InvokedViaFunctionUrl"]).toBeTruthy();
    }
  });

  it("has one host for the API, whose paths are the doors' as infra/doors.ts says, and which keeps nothing", () => {
    const [distribution, ...others] = ofType(resources, "CloudFront::Distribution");
    expect(others).toEqual([]);
    const { CacheBehaviors, DefaultCacheBehavior, Origins } = Distribution.parse(
      distribution?.Properties["DistributionConfig"],
    );
    const nameOf = (id: string): string => JSON.stringify(Origins.find((origin) => origin.Id === id)?.DomainName);
    expect(nameOf(DefaultCacheBehavior.TargetOriginId)).toContain(at(resources, "AdminApi/Url").id);
    const admin = DefaultCacheBehavior.TargetOriginId;
    // In the order in which CloudFront tries them.
    const ways = CacheBehaviors.map(({ PathPattern, TargetOriginId }) => [PathPattern, TargetOriginId === admin]);
    expect(ways).toEqual([
      ["/v1/tenants/*/*", true],
      ["/v1/tenants", false],
      ["/v1/tenants/*", false],
      ["/platform/*", false],
    ]);
    for (const { TargetOriginId } of CacheBehaviors.filter(({ TargetOriginId: id }) => id !== admin))
      expect(nameOf(TargetOriginId)).toContain(at(resources, "Web/PlatformApi").id);
    for (const behaviour of [DefaultCacheBehavior, ...CacheBehaviors])
      expect(behaviour).toMatchObject({
        // Managed policies: CachingDisabled, and AllViewerExceptHostHeader, with which Authorization is passed on.
        CachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        OriginRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        ViewerProtocolPolicy: "https-only",
        AllowedMethods: expect.arrayContaining(["GET", "POST", "PATCH", "DELETE"]),
      });
  });

  it("gives the API's host its name where there is a certificate for it", () => {
    const certificate = `arn:aws:acm:us-east-1:${account}:certificate/0f0f0f0f-1111-2222-3333-444444444444`;
    const named = synthesise({ certificate });
    rmSync(named.folder, { recursive: true });
    const [distribution] = ofType(named.resources, "CloudFront::Distribution");
    expect(distribution?.Properties["DistributionConfig"]).toMatchObject({
      Aliases: [`api.${domain}`],
      ViewerCertificate: { AcmCertificateArn: certificate, MinimumProtocolVersion: "TLSv1.2_2021" },
    });
  });

  it("knows operators by a group of that pool", () => {
    expect(ofType(resources, "Cognito::UserPoolGroup").map(({ Properties }) => Properties["GroupName"])).toEqual([
      "platform",
    ]);
    const variables = JSON.stringify(properties("PlatformApi/Function")["Environment"]);
    expect(variables).toContain('"GROUPS_CLAIM":"cognito:groups"');
  });

  it("knows staff by a pool that nobody joins alone, with a second factor", () => {
    const [pool] = ofType(resources, "Cognito::UserPool");
    expect(pool).toMatchObject({
      DeletionPolicy: "Retain",
      Properties: {
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
        MfaConfiguration: "ON",
        DeletionProtection: "ACTIVE",
      },
    });
  });

  it("lets staff in by a code for a public client, with refresh tokens that are used once", () => {
    const clients = ofType(resources, "Cognito::UserPoolClient");
    expect(clients).toHaveLength(1);
    expect(clients[0]?.Properties).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ["code"],
      AllowedOAuthScopes: ["openid"],
      CallbackURLs: [`https://console.${domain}/signed-in`],
      RefreshTokenRotation: { Feature: "ENABLED", RetryGracePeriodSeconds: 5 },
      EnableTokenRevocation: true,
      // Nothing here takes a refresh token without replacing it.
      ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH"],
    });
  });

  it("fetches nothing from inside, whatever a tenant configures", () => {
    const environment = properties("AdminApi/Function")["Environment"];
    expect(environment).toMatchObject({ Variables: { OUTBOUND_EXCEPTIONS: "" } });
  });
});

const Behaviour = z.looseObject({ TargetOriginId: z.string() });
const Distribution = z.looseObject({
  DefaultCacheBehavior: Behaviour,
  CacheBehaviors: z.array(Behaviour.extend({ PathPattern: z.string() })),
  Origins: z.array(z.looseObject({ Id: z.string(), DomainName: z.unknown() })),
});

/** What CloudFormation puts in place of a reference or an attribute, by the attribute's name. */
function standIn(reference: string): string {
  if (reference.endsWith(".Arn>")) return `arn:aws:service:${region}:${account}:resource/name`;
  if (reference.endsWith(".ProviderURL>")) return `https://cognito-idp.${region}.amazonaws.com/${region}_abcdef`;
  if (/^<Queues\w+>$/.test(reference)) return `https://sqs.${region}.amazonaws.com/${account}/name`;
  return "resource-name";
}
