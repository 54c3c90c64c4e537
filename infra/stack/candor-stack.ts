import { type App, Stack } from "aws-cdk-lib";
import { type DoorName, doorNames } from "#infra/doors.ts";
import { environmentOf, type Resources } from "#infra/environment.ts";
import type { PolicyResources } from "#infra/policies.ts";
import { Alarms } from "#infra/stack/alarms.ts";
import { Data } from "#infra/stack/data.ts";
import type { Deployment } from "#infra/stack/deployment.ts";
import { Door, type DoorArtefact } from "#infra/stack/door.ts";
import { constructId, eachOf } from "#infra/stack/each-of.ts";
import { grantNecessities, grantRights } from "#infra/stack/grants.ts";
import { Identity } from "#infra/stack/identity.ts";
import { Keys } from "#infra/stack/keys.ts";
import { Mail } from "#infra/stack/mail.ts";
import type { TriggerSources } from "#infra/stack/necessities.ts";
import { Principals, tenantRoles } from "#infra/stack/principals.ts";
import { Queues, queueNames } from "#infra/stack/queues.ts";
import { Schedules } from "#infra/stack/schedules.ts";
import { wake } from "#infra/stack/wake.ts";
import { Web } from "#infra/stack/web.ts";

export interface CandorStackProps {
  readonly deployment: Deployment;
  /** The code of a door, bundled already. */
  readonly artefactOf: (door: DoorName) => DoorArtefact;
}

/** The whole deployment: one construct for each topic, in the order in which they need each other. */
export class CandorStack extends Stack {
  constructor(app: App, { deployment, artefactOf }: CandorStackProps) {
    const { name: deploymentName, domain, account, region } = deployment;
    super(app, deploymentName, { env: { account, region }, terminationProtection: true });

    const principals = new Principals(this, "Principals", { deploymentName });
    const data = new Data(this, "Data");
    const keys = new Keys(this, "Keys", { deploymentName });
    const queues = new Queues(this, "Queues");
    const mail = new Mail(this, "Mail", { deploymentName, domain, raw: data.buckets.raw, queues });
    const identity = new Identity(this, "Identity", { deploymentName, account, domain });
    const parts = { principals, data, keys, queues, mail, identity, deployment };

    grantRights(principals, keys, policyResources(parts));
    const schedules = new Schedules(this, "Schedules", { deploymentName, deadLetters: queues.deadSchedules });
    const web = new Web(this, "Web");
    for (const name of doorNames) {
      const door = new Door(this, constructId(name), {
        door: name,
        role: principals.roles[name],
        artefact: artefactOf(name),
        environment: environmentOf[name](resourcesOf(parts)),
      });
      grantNecessities(door, triggerSources(parts));
      for (const trigger of door.shape.triggers) wake(door, trigger, { table: data.table, queues, schedules, web });
    }
    web.openApi(`api.${domain}`, deployment.certificate);
    new Alarms(this, "Alarms", { queues, sweeps: schedules.doors, address: deployment.alarmAddress });
  }
}

const bucketNames = ["raw", "sealed", "ledger", "releases", "exports"] as const;
const keyNames = ["sealing", "digests", "transit", "checkpoints", "receipts", "api", "subscribers"] as const;

interface Parts {
  readonly principals: Principals;
  readonly data: Data;
  readonly keys: Keys;
  readonly queues: Queues;
  readonly mail: Mail;
  readonly identity: Identity;
  readonly deployment: Deployment;
}

function policyResources({ principals, data, keys: { keys }, queues, mail, deployment }: Parts): PolicyResources {
  const { account, region, domain } = deployment;
  return {
    table: data.table.tableArn,
    buckets: eachOf(bucketNames, (bucket) => data.buckets[bucket].bucketArn),
    keys: eachOf(keyNames, (key) => keys[key].keyArn),
    ownKeys: `arn:aws:kms:${region}:${account}:key/*`,
    anyKeys: `arn:aws:kms:${region}:*:key/*`,
    account,
    queues: eachOf(queueNames, (queue) => queues.queues[queue].queueArn),
    roles: eachOf(tenantRoles, (role) => principals.roles[role].roleArn),
    mailIdentity: mail.identity.emailIdentityArn,
    configurationSet: mail.configurationSetArn,
    mailDomain: domain,
  };
}

function resourcesOf({
  principals,
  data,
  keys: { keys },
  queues: { queues },
  mail,
  identity,
  deployment: { domain },
}: Parts): Resources {
  return {
    table: data.table.tableName,
    rawBucket: data.buckets.raw.bucketName,
    sealedBucket: data.buckets.sealed.bucketName,
    ledgerBucket: data.buckets.ledger.bucketName,
    releasesBucket: data.buckets.releases.bucketName,
    exportsBucket: data.buckets.exports.bucketName,
    sealingKey: keys.sealing.keyArn,
    digestKey: keys.digests.keyArn,
    transitKey: keys.transit.keyArn,
    checkpointKey: keys.checkpoints.keyArn,
    receiptKey: keys.receipts.keyArn,
    apiKey: keys.api.keyArn,
    subscriberKey: keys.subscribers.keyArn,
    inboundQueueUrl: queues.inbound.queueUrl,
    outboxQueueUrl: queues.outbox.queueUrl,
    jobsQueueUrl: queues.jobs.queueUrl,
    configurationSet: mail.configurationSet.configurationSetName,
    mailDomain: domain,
    siteDomain: domain,
    siteUrl: `https://{tenant}.${domain}`,
    tenantRoleArn: principals.roles["admin-api-tenant"].roleArn,
    jobsTenantRoleArn: principals.roles["jobs-tenant"].roleArn,
    dnsServers: "system",
    publisherTenantRoleArn: principals.roles["publisher-tenant"].roleArn,
    oidcIssuer: identity.issuer,
    oidcJwksUrl: identity.jwksUrl,
    oidcAudience: identity.audience,
    groupsClaim: identity.groupsClaim,
    outboundExceptions: "",
  };
}

function triggerSources({ data, queues }: Parts): TriggerSources {
  const { tableArn, tableStreamArn } = data.table;
  if (tableStreamArn === undefined) throw new Error("The table has no stream. Give it one in infra/table-shape.ts.");
  return {
    table: tableArn,
    stream: tableStreamArn,
    queues: eachOf(queueNames, (queue) => queues.queues[queue].queueArn),
    deadStream: queues.deadStream.queueArn,
  };
}
