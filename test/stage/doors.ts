/** The doors' apps, wired as their handlers wire them: by shared/aws, each with its own access key, through the gate. */
import { randomBytes } from "node:crypto";
import { type AdminPorts, createAdminApi } from "#functions/admin-api/app.ts";
import type { TenantPorts } from "#functions/admin-api/tenant-ports.ts";
import { checkHosts } from "#functions/host-check/app.ts";
import { txtLookup } from "#functions/host-check/txt-lookup.ts";
import { createInboundMail } from "#functions/inbound-mail/app.ts";
import type { InboundPorts } from "#functions/inbound-mail/ports.ts";
import { createJobs, type JobsPorts } from "#functions/jobs/app.ts";
import { noteFeedback } from "#functions/mail-feedback/app.ts";
import { sweepMail } from "#functions/mail-sweep/app.ts";
import { createNews } from "#functions/news/app.ts";
import { createNotary } from "#functions/notary/app.ts";
import type { NotaryPorts } from "#functions/notary/ports.ts";
import { createOutbox, type OutboxPorts } from "#functions/outbox/app.ts";
import { sweepOutbox } from "#functions/outbox-sweep/app.ts";
import { createPlatformApi } from "#functions/platform-api/app.ts";
import { createPublisher } from "#functions/publisher/app.ts";
import type { PublisherPorts } from "#functions/publisher/ports.ts";
import { createSubscriptions } from "#functions/subscriptions/app.ts";
import { createTrustSite } from "#functions/trust-site/app.ts";
import type { DoorName } from "#infra/doors.ts";
import { roleArns } from "#infra/local/stand-ins.ts";
import { queueUrl } from "#infra/local/storage/fauxqs.ts";
import type { TokenRules } from "#shared/access/caller.ts";
import { connectKeyService } from "#shared/aws/key-service.ts";
import { connectMailer } from "#shared/aws/mailer.ts";
import { connectObjects } from "#shared/aws/objects.ts";
import { connectQueue } from "#shared/aws/queue.ts";
import { connectSigner } from "#shared/aws/signer.ts";
import { connectKeyMaker, fetchPublicKey } from "#shared/aws/signing-key-maker.ts";
import { connectTable } from "#shared/aws/table.ts";
import { tenantSessions } from "#shared/aws/tenant-session.ts";
import { connectDigester, connectUnwrapper, connectWrapper } from "#shared/aws/vault.ts";
import type { SesEvent } from "#shared/mail/ses-event.ts";
import { connectPublicFetch } from "#shared/net/public-fetch.ts";
import { subscriptionKeys } from "#shared/store/subscription-keys.ts";
import type { Table } from "#shared/store/table.ts";
import { checkedApi } from "./checked-api.ts";
import type { NameServer } from "./name-server.ts";
import { bucketNames, mailDomain, region, type Stage, tableName } from "./stage.ts";

const connection = (stage: Stage, door: DoorName, service: keyof Stage["endpoints"]) => ({
  region,
  endpoint: stage.endpoints[service],
  credentials: stage.credentialsOf(door),
});

export const tableOf = (stage: Stage, door: DoorName): Table =>
  connectTable({ ...connection(stage, door, "dynamodb"), tableName }, Math.random);

const now = (stage: Stage) => () => stage.clock.now();

export function inboundPorts(stage: Stage): InboundPorts {
  return {
    table: tableOf(stage, "inbound-mail"),
    objects: connectObjects(connection(stage, "inbound-mail", "s3")),
    wrapper: connectWrapper({ ...connection(stage, "inbound-mail", "kms"), platformKey: stage.keys.sealing }),
    digester: connectDigester({ ...connection(stage, "inbound-mail", "kms"), keyId: stage.keys.digests }),
    rawBucket: bucketNames.raw,
    sealedBucket: bucketNames.sealed,
    mailDomain,
    now: now(stage),
    random: randomBytes,
  };
}

export const inboundMail = (stage: Stage, change: Partial<InboundPorts> = {}) =>
  createInboundMail({ ...inboundPorts(stage), ...change });

export const outboxPorts = (stage: Stage): OutboxPorts => ({
  table: tableOf(stage, "outbox"),
  unwrapper: connectUnwrapper({ ...connection(stage, "outbox", "kms"), platformKey: stage.keys.sealing }),
  mailer: connectMailer({ ...connection(stage, "outbox", "ses"), configurationSet: "candor" }),
  now: now(stage),
  random: randomBytes,
  pause: async () => undefined,
});

export const outbox = (stage: Stage, change: Partial<OutboxPorts> = {}) =>
  createOutbox({ ...outboxPorts(stage), ...change });

export const outboxSweep = (stage: Stage, enqueue: (message: unknown) => Promise<void>, table?: Table) => () =>
  sweepOutbox({ table: table ?? tableOf(stage, "outbox-sweep"), enqueue }, stage.clock.now());

export const mailSweep = (stage: Stage, enqueue: (message: unknown) => Promise<void>) => (at: Date) =>
  sweepMail({ objects: connectObjects(connection(stage, "mail-sweep", "s3")), bucket: bucketNames.raw, enqueue }, at);

/** A queue as the named door sees it. */
export const queueOf = (
  stage: Stage,
  door: "outbox-sweep" | "mail-sweep" | "jobs",
  queue: "outbox" | "inbound" | "jobs",
) => connectQueue({ ...connection(stage, door, "sqs"), queueUrl: queueUrl(stage.endpoints.sqs, queue) });

export const mailFeedback = (stage: Stage, table?: Table) => (event: SesEvent) =>
  noteFeedback(
    { table: table ?? tableOf(stage, "mail-feedback"), now: now(stage), random: randomBytes },
    event,
    "request-f",
  );

/** Looks after the hosts that are due now, by what this name server says. */
export const hostCheck = (stage: Stage, server: NameServer) => () =>
  checkHosts(
    { table: tableOf(stage, "host-check"), lookUpTxt: txtLookup([server.address]), random: randomBytes },
    stage.clock.now(),
    "request-h",
  );

export const trustSite = (stage: Stage) =>
  createTrustSite({
    table: tableOf(stage, "trust-site"),
    ledger: { objects: connectObjects(connection(stage, "trust-site", "s3")), bucket: bucketNames.ledger },
    releases: { objects: connectObjects(connection(stage, "trust-site", "s3")), bucket: bucketNames.releases },
    siteDomain: "localhost",
    mailDomain,
    now: now(stage),
    report: (error) => {
      throw error;
    },
  }).app;

export const subscriptions = (stage: Stage, errors: unknown[] = []) =>
  createSubscriptions({
    table: tableOf(stage, "subscriptions"),
    wrapper: connectWrapper({ ...connection(stage, "subscriptions", "kms"), platformKey: stage.keys.sealing }),
    keyOf: subscriberKeys(stage, "subscriptions"),
    ...subscriptionPlaces,
    siteDomain: "localhost",
    now: now(stage),
    random: randomBytes,
    report: (error) => void errors.push(error),
  });

export const news = (stage: Stage, table?: Table) =>
  createNews({
    table: table ?? tableOf(stage, "news"),
    releases: { objects: connectObjects(connection(stage, "news", "s3")), bucket: bucketNames.releases },
    keyOf: subscriberKeys(stage, "news"),
    ...subscriptionPlaces,
  });

const subscriptionPlaces = { mailDomain, siteUrl: "http://{tenant}.localhost:8080" };
const subscriberKeys = (stage: Stage, door: DoorName) =>
  subscriptionKeys(connectDigester({ ...connection(stage, door, "kms"), keyId: stage.keys.subscribers }), now(stage));

export function notaryPorts(stage: Stage): NotaryPorts {
  const kms = connection(stage, "notary", "kms");
  return {
    table: tableOf(stage, "notary"),
    ledger: { objects: connectObjects(connection(stage, "notary", "s3")), bucket: bucketNames.ledger },
    siteDomain: "localhost",
    mailDomain,
    platformKeys: {
      checkpoints: () => fetchPublicKey(kms, stage.keys.checkpoints),
      receipts: () => fetchPublicKey(kms, stage.keys.receipts),
    },
    makeKey: connectKeyMaker(kms),
    signerOf: ({ kmsKey, spki }) => connectSigner({ ...kms, keyId: kmsKey, spki }),
    now: now(stage),
    random: randomBytes,
  };
}

export const notary = (stage: Stage, change: Partial<NotaryPorts> = {}) =>
  createNotary({ ...notaryPorts(stage), ...change });

/** What the jobs door works with; what it queues goes nowhere, unless `change` says where. */
export function jobsPorts(stage: Stage): JobsPorts {
  const roleArn = roleArns["jobs-tenant"];
  const session = tenantSessions({ ...connection(stage, "jobs", "sts"), roleArn }, now(stage));
  return {
    table: tableOf(stage, "jobs"),
    async asTenant(tenant) {
      const credentials = await session(tenant);
      const as = (service: keyof Stage["endpoints"]) => ({ ...connection(stage, "jobs", service), credentials });
      return {
        table: connectTable({ ...as("dynamodb"), tableName }, Math.random),
        keys: connectKeyService({ ...as("kms"), tenant, platformKey: stage.keys.transit }),
        objects: connectObjects(as("s3")),
        unwrapper: connectUnwrapper({ ...as("kms"), platformKey: stage.keys.sealing }),
        sealingKey: stage.keys.sealing,
        buckets: bucketNames,
      };
    },
    enqueue: async () => undefined,
    now: now(stage),
    random: randomBytes,
    report: () => undefined,
  };
}

export const jobs = (stage: Stage, change: Partial<JobsPorts> = {}) => createJobs({ ...jobsPorts(stage), ...change });

export function publisherPorts(stage: Stage): PublisherPorts {
  const sts = { ...connection(stage, "publisher", "sts"), roleArn: roleArns["publisher-tenant"] };
  const session = tenantSessions(sts, now(stage));
  const made = new Map<string, Awaited<ReturnType<PublisherPorts["asTenant"]>>>();
  return {
    table: tableOf(stage, "publisher"),
    async asTenant(tenant) {
      const credentials = await session(tenant);
      const as = (service: keyof Stage["endpoints"]) => ({ ...connection(stage, "publisher", service), credentials });
      const known = made.get(credentials.accessKeyId);
      const ports = known ?? {
        table: connectTable({ ...as("dynamodb"), tableName }, Math.random),
        objects: connectObjects(as("s3")),
      };
      made.set(credentials.accessKeyId, ports);
      return ports;
    },
    bucket: bucketNames.releases,
    now: now(stage),
    random: randomBytes,
  };
}

export const publisher = (stage: Stage, change: Partial<PublisherPorts> = {}) =>
  createPublisher({ ...publisherPorts(stage), ...change });

const secretOf = Buffer.from("candor api 1");

/** The admin API with what it may do as a tenant: each tenant's ports over its own session. `errors` gets what it reports. */
export function adminApi(
  stage: Stage,
  tokens: TokenRules,
  errors: unknown[] = [],
  change: Partial<AdminPorts> = {},
  changedFor: (ports: TenantPorts) => TenantPorts = (ports) => ports,
) {
  const session = tenantSessions(
    { ...connection(stage, "admin-api", "sts"), roleArn: roleArns["admin-api-tenant"] },
    now(stage),
  );
  // Clients are kept as the handler keeps them: a connection that is never given back is missed after some requests.
  const made = new Map<string, TenantPorts>();
  const api = createAdminApi({
    table: tableOf(stage, "admin-api"),
    async asTenant(tenant) {
      const credentials = await session(tenant);
      const known = made.get(credentials.accessKeyId);
      if (known) return known;
      const as = (service: keyof Stage["endpoints"]) => ({ ...connection(stage, "admin-api", service), credentials });
      const ports = changedFor({
        table: connectTable({ ...as("dynamodb"), tableName }, Math.random),
        objects: connectObjects(as("s3")),
        unwrapper: connectUnwrapper({ ...as("kms"), platformKey: stage.keys.sealing }),
        keys: connectKeyService({ ...as("kms"), tenant, platformKey: stage.keys.transit }),
        sealingKey: stage.keys.sealing,
      });
      made.set(credentials.accessKeyId, ports);
      return ports;
    },
    tokens,
    fetchDocument: connectPublicFetch({ exceptions: [new URL(tokens.jwksUrl ?? tokens.issuer).origin] }),
    bucket: bucketNames.sealed,
    ledgerBucket: bucketNames.ledger,
    exportsBucket: bucketNames.exports,
    releasesBucket: bucketNames.releases,
    makeSecret: () =>
      connectDigester({ ...connection(stage, "admin-api", "kms"), keyId: stage.keys.api }).mac(secretOf),
    siteDomain: "localhost",
    now: now(stage),
    random: randomBytes,
    pause: async () => undefined,
    report: (error) => void errors.push(error),
    turnedAway: () => undefined,
    ...change,
  });
  return checkedApi(api);
}

/** The operators' API. `errors` gets what it reports. */
export function platformApi(stage: Stage, tokens: TokenRules, errors: unknown[] = []) {
  const api = createPlatformApi({
    table: tableOf(stage, "platform-api"),
    tokens,
    groupsClaim: "groups",
    fetchDocument: connectPublicFetch({ exceptions: [new URL(tokens.jwksUrl ?? tokens.issuer).origin] }),
    siteDomain: "localhost",
    now: now(stage),
    random: randomBytes,
    report: (error) => void errors.push(error),
  });
  return checkedApi(api);
}
