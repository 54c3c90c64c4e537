import type { DoorName } from "#infra/doors.ts";
import { environmentOf } from "#infra/environment.ts";

const nowhere = "http://127.0.0.1:1";

/** Variables of the right shape that lead nowhere: enough for a door's modules to load. */
export function plausibleEnvironment(door: string): Readonly<Record<string, string>> {
  return environmentOf[door as DoorName]({
    table: "candor",
    rawBucket: "candor-raw",
    sealedBucket: "candor-sealed",
    ledgerBucket: "candor-ledger",
    releasesBucket: "candor-releases",
    exportsBucket: "candor-exports",
    sealingKey: "arn:aws:kms:us-east-1:000000000000:key/sealing",
    digestKey: "alias/digests",
    transitKey: "arn:aws:kms:us-east-1:000000000000:key/transit",
    checkpointKey: "arn:aws:kms:us-east-1:000000000000:key/checkpoints",
    receiptKey: "arn:aws:kms:us-east-1:000000000000:key/receipts",
    apiKey: "alias/api",
    subscriberKey: "alias/subscribers",
    inboundQueueUrl: `${nowhere}/000000000000/inbound`,
    outboxQueueUrl: `${nowhere}/000000000000/outbox`,
    jobsQueueUrl: `${nowhere}/000000000000/jobs`,
    configurationSet: "candor",
    mailDomain: "example.com",
    siteDomain: "example.com",
    siteUrl: "https://{tenant}.example.com",
    tenantRoleArn: "arn:aws:iam::000000000000:role/none",
    jobsTenantRoleArn: "arn:aws:iam::000000000000:role/none",
    dnsServers: "none",
    publisherTenantRoleArn: "arn:aws:iam::000000000000:role/none",
    oidcIssuer: nowhere,
    oidcJwksUrl: `${nowhere}/jwks`,
    oidcAudience: "urn:candor:api",
    groupsClaim: "groups",
    outboundExceptions: "",
  });
}
