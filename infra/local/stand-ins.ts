import type { DoorName, QueueName } from "#infra/doors.ts";
import { queues } from "#infra/doors.ts";
import { authorizeKms, authorizeSes, authorizeSts } from "#infra/local/gate/authorize.ts";
import { startDynamodbGate } from "#infra/local/gate/dynamodb-gate.ts";
import { startFauxqsGate } from "#infra/local/gate/fauxqs-gate.ts";
import { createPrincipals } from "#infra/local/gate/principals.ts";
import type { Clock } from "#infra/local/home/clock.ts";
import type { Home } from "#infra/local/home/home.ts";
import { type Kms, startKms } from "#infra/local/kms/server.ts";
import type { Progress } from "#infra/local/progress.ts";
import { startSesEndpoint } from "#infra/local/ses/endpoint.ts";
import { type Mailbox, openMailbox } from "#infra/local/ses/mailbox.ts";
import { type Dynamodb, startDynamodb } from "#infra/local/storage/dynamodb.ts";
import { bucketNames, type Fauxqs, queueName, startFauxqsWorker } from "#infra/local/storage/fauxqs.ts";
import { account, hostClient, region } from "#infra/local/storage/host-client.ts";
import { ensureKeys, keyAliases } from "#infra/local/storage/kms-keys.ts";
import { openTopicPublisher, type TopicPublisher } from "#infra/local/storage/topic-publisher.ts";
import { type Sts, startSts } from "#infra/local/sts/server.ts";
import type { KeyName, TenantRole } from "#infra/rights.ts";

export const tableName = "candor";
export const mailDomain = "localhost";
export const roleArns = {
  "admin-api-tenant": `arn:aws:iam::${account}:role/admin-api-tenant`,
  "jobs-tenant": `arn:aws:iam::${account}:role/jobs-tenant`,
  "publisher-tenant": `arn:aws:iam::${account}:role/publisher-tenant`,
} as const satisfies Record<TenantRole, string>;

/** What plays AWS: the stand-ins themselves, and the addresses by which doors reach them, through the gate. */
export interface StandIns {
  readonly dynamodb: Dynamodb;
  readonly fauxqs: Fauxqs;
  readonly kms: Kms;
  readonly mailbox: Mailbox;
  readonly topics: TopicPublisher;
  readonly keys: Readonly<Record<KeyName, string>>;
  readonly doorEndpoints: Readonly<Record<"dynamodb" | "s3" | "sqs" | "kms" | "sts" | "ses", string>>;
}

export interface StandInOptions {
  readonly home: Home;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly dynamodbEndpoint: string | undefined;
  /** Access key ids of the doors, made for this start. */
  readonly doorKeys: ReadonlyMap<string, DoorName>;
  /** Takes what has to be closed, in the order of starting. */
  readonly closing: AsyncDisposableStack;
  readonly onError: (error: unknown) => void;
}

/** Starts every stand-in and the gates in front of them. */
export async function startStandIns(options: StandInOptions): Promise<StandIns> {
  const { home, clock, progress, closing, onError, doorKeys } = options;
  const now = (): Date => clock.now();
  let sts: Sts | undefined;
  const hostKey = hostClient("http://127.0.0.1").credentials.accessKeyId;
  const principals = createPrincipals({ hostKey, doorKeys, sessions: () => sts?.sessions });
  const { table: file, tableProcess: pidFile } = home.files;

  const [dynamodb, fauxqs, kms] = await settleAll([
    progress.step(
      "DynamoDB",
      started(closing, startDynamodb({ file, pidFile, table: tableName, endpoint: options.dynamodbEndpoint })),
    ),
    progress.step("S3, SNS, SQS", started(closing, startFauxqsWorker(home.files))),
    progress.step(
      "KMS",
      opened(
        closing,
        startKms({
          port: 0,
          file: home.files.keys,
          now,
          region,
          account,
          authorize: authorizeKms(principals, keyAliases),
          onError,
        }),
      ),
    ),
  ]);
  const keys = await progress.step("keys", ensureKeys(kms.url));
  sts = await opened(
    closing,
    startSts({ port: 0, now, account, authorize: authorizeSts(principals, roleArns), onError }),
  );

  const topics = openTopicPublisher(fauxqs.endpoint);
  closing.defer(() => topics.close());
  const mailbox = openMailbox({ file: home.files.mailbox, now });
  closing.defer(() => mailbox.close());
  const ses = await opened(
    closing,
    startSesEndpoint({
      port: 0,
      mailbox,
      now,
      region,
      accountId: account,
      authorize: authorizeSes(principals, mailDomain),
      publishEvent: (event) => topics.publish("feedback", JSON.stringify(event)),
      onError,
    }),
  );
  const tableGate = await opened(
    closing,
    startDynamodbGate({ port: 0, upstream: dynamodb.endpoint, table: tableName, principals }),
  );
  const objectGate = await opened(
    closing,
    startFauxqsGate({ port: 0, upstream: fauxqs.endpoint, buckets: bucketNames, queues: queueNames, principals }),
  );
  const doorEndpoints = {
    dynamodb: tableGate.url,
    s3: objectGate.url,
    sqs: objectGate.url,
    kms: kms.url,
    sts: sts.url,
    ses: ses.url,
  };
  return { dynamodb, fauxqs, kms, mailbox, topics, keys, doorEndpoints };
}

const queueNames = Object.fromEntries(
  (Object.keys(queues) as QueueName[]).map((queue) => [queue, queueName(queue)]),
) as Record<QueueName, string>;

/** Notes how a thing is ended, as soon as it runs. */
async function started<Thing extends { stop(): Promise<void> }>(
  closing: AsyncDisposableStack,
  starting: Promise<Thing>,
) {
  const thing = await starting;
  closing.defer(() => thing.stop());
  return thing;
}

async function opened<Thing extends { close(): Promise<void> }>(
  closing: AsyncDisposableStack,
  starting: Promise<Thing>,
) {
  const thing = await starting;
  closing.defer(() => thing.close());
  return thing;
}

/** As Promise.all, but an error waits until the others are up too, so that all of them are ended. */
async function settleAll<Things extends readonly Promise<unknown>[]>(things: readonly [...Things]) {
  await Promise.allSettled(things);
  return Promise.all(things);
}
