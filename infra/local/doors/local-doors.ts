import { randomBytes } from "node:crypto";
import type { Artefact } from "#infra/bundle/bundle.ts";
import { type DoorName, doors } from "#infra/doors.ts";
import { environmentOf } from "#infra/environment.ts";
import { audience } from "#infra/local/login/login.ts";
import { groupsClaim } from "#infra/local/login/login-account.ts";
import { mailDomain, roleArns, type StandIns, tableName } from "#infra/local/stand-ins.ts";
import { bucketNames, queueUrl } from "#infra/local/storage/fauxqs.ts";
import { account, region } from "#infra/local/storage/host-client.ts";
import type { RunnableDoor } from "./door-runtime.ts";

/** What Lambda sets, and what keeps a door from finding credentials or settings of the person whose machine this is. */
const given = {
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCOUNT_ID: account,
  AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
  LANG: "en_US.UTF-8",
  TZ: ":UTC",
} as const;

/** An access key of its own for each door, made afresh at each start. */
export function makeDoorKeys(names: readonly DoorName[]): Map<string, DoorName> {
  return new Map(names.map((door) => [`AKIA${randomBytes(8).toString("hex").toUpperCase()}`, door]));
}

export interface LocalDoorOptions {
  readonly artefacts: readonly Artefact[];
  readonly doorKeys: ReadonlyMap<string, DoorName>;
  readonly standIns: StandIns;
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly clockOffsetMs: number;
  readonly httpPort: number;
}

/** The doors with the environment that each gets on this machine. */
export function localDoors(options: LocalDoorOptions): RunnableDoor[] {
  const { artefacts, doorKeys, clockOffsetMs } = options;
  const { doorEndpoints: endpoints } = options.standIns;
  const resources = resourcesOf(options);
  return [...doorKeys].map(([accessKeyId, name]) => {
    const { memoryMb, timeoutSeconds } = doors[name];
    const artefact = artefacts.find(({ door }) => door === name);
    if (!artefact) throw new Error(`${name} was not bundled`);
    const environment = {
      ...given,
      ...environmentOf[name](resources),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: randomBytes(30).toString("base64url"),
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      LAMBDA_TASK_ROOT: artefact.folder,
      AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
      AWS_ENDPOINT_URL_S3: endpoints.s3,
      AWS_ENDPOINT_URL_SQS: endpoints.sqs,
      AWS_ENDPOINT_URL_KMS: endpoints.kms,
      AWS_ENDPOINT_URL_STS: endpoints.sts,
      AWS_ENDPOINT_URL_SES: endpoints.ses,
      CLOCK_OFFSET_MS: String(clockOffsetMs),
    };
    return { name, file: artefact.file, environment, memoryMb, timeoutSeconds };
  });
}

function resourcesOf({ standIns: { keys, doorEndpoints }, issuer, jwksUrl, httpPort }: LocalDoorOptions) {
  return {
    table: tableName,
    rawBucket: bucketNames.raw,
    sealedBucket: bucketNames.sealed,
    ledgerBucket: bucketNames.ledger,
    releasesBucket: bucketNames.releases,
    exportsBucket: bucketNames.exports,
    sealingKey: keys.sealing,
    digestKey: keys.digests,
    transitKey: keys.transit,
    checkpointKey: keys.checkpoints,
    receiptKey: keys.receipts,
    apiKey: keys.api,
    subscriberKey: keys.subscribers,
    inboundQueueUrl: queueUrl(doorEndpoints.sqs, "inbound"),
    outboxQueueUrl: queueUrl(doorEndpoints.sqs, "outbox"),
    jobsQueueUrl: queueUrl(doorEndpoints.sqs, "jobs"),
    configurationSet: "candor",
    mailDomain,
    siteDomain: "localhost",
    siteUrl: `http://{tenant}.localhost:${String(httpPort)}`,
    tenantRoleArn: roleArns["admin-api-tenant"],
    jobsTenantRoleArn: roleArns["jobs-tenant"],
    // Nobody asks the internet for names from here.
    dnsServers: "none",
    publisherTenantRoleArn: roleArns["publisher-tenant"],
    oidcIssuer: issuer,
    oidcJwksUrl: jwksUrl,
    oidcAudience: audience,
    groupsClaim,
    outboundExceptions: new URL(jwksUrl).origin,
  };
}
