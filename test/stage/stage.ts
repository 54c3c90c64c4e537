/** The stand-ins and the gate in front of them, as the doors know them: on free ports, over a folder that goes with them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type DoorName, doorNames, type QueueName, queues } from "#infra/doors.ts";
import { authorizeKms, authorizeSes, authorizeSts } from "#infra/local/gate/authorize.ts";
import { startDynamodbGate } from "#infra/local/gate/dynamodb-gate.ts";
import { startFauxqsGate } from "#infra/local/gate/fauxqs-gate.ts";
import { createPrincipals } from "#infra/local/gate/principals.ts";
import { type Kms, startKms } from "#infra/local/kms/server.ts";
import { startSesEndpoint } from "#infra/local/ses/endpoint.ts";
import { type Mailbox, openMailbox } from "#infra/local/ses/mailbox.ts";
import type { SesEvent } from "#infra/local/ses/sending-events.ts";
import { mailDomain, roleArns, tableName } from "#infra/local/stand-ins.ts";
import { type Dynamodb, startDynamodb } from "#infra/local/storage/dynamodb.ts";
import { bucketNames, type Fauxqs, queueName, startFauxqsWorker } from "#infra/local/storage/fauxqs.ts";
import { account, hostClient, region } from "#infra/local/storage/host-client.ts";
import { ensureKeys, keyAliases } from "#infra/local/storage/kms-keys.ts";
import { type Sts, startSts } from "#infra/local/sts/server.ts";
import type { KeyName } from "#infra/rights.ts";
import type { Credentials } from "#shared/aws/connection.ts";
import { connectTable } from "#shared/aws/table.ts";
import type { Table } from "#shared/store/table.ts";
import { type Faults, noFaults } from "./faults.ts";
import { type MovableClock, startMovableClock } from "./movable-clock.ts";

export interface Stage {
  readonly clock: MovableClock;
  readonly faults: Faults;
  readonly kms: Kms;
  readonly mailbox: Mailbox;
  /** What SES said about the mails that it sent, in order. */
  readonly events: readonly SesEvent[];
  readonly keys: Readonly<Record<KeyName, string>>;
  /** The addresses by which doors reach everything: through the gate where there is one. */
  readonly endpoints: Readonly<Record<"dynamodb" | "s3" | "sqs" | "kms" | "sts" | "ses", string>>;
  /** What lies behind the gate. */
  readonly behind: { readonly dynamodb: Dynamodb; readonly fauxqs: Fauxqs };
  /** The table as the host sees it, past the gate: for looking, and for what no door does yet. */
  readonly table: Table;
  /** A door's own access key. */
  credentialsOf(door: DoorName): Credentials;
  close(): Promise<void>;
}

export { bucketNames, mailDomain, region, tableName };

/** A Wednesday. */
const start = new Date("2026-11-18T10:00:00.000Z");

/** The stage of a test file, up before its first test and gone after its last. */
export function useStage(): Stage {
  let stage: Stage | undefined;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(async () => {
    await stage?.close();
  });
  return new Proxy({} as Stage, {
    get(_, name) {
      if (!stage) throw new Error("The stage is up in tests and hooks only.");
      return Reflect.get(stage, name);
    },
  });
}

async function startStage(): Promise<Stage> {
  await using closing = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "candor-stage-"));
  closing.defer(() => rmSync(folder, { recursive: true, force: true }));
  const clock = startMovableClock(start);
  const faults = noFaults();
  const now = () => clock.now();
  let sts: Sts | undefined;
  const principals = createPrincipals({
    hostKey: hostClient("").credentials.accessKeyId,
    doorKeys: new Map(doorNames.map((door) => [doorKey(door), door])),
    sessions: () => sts?.sessions,
  });

  const [dynamodb, fauxqs, kms] = await Promise.all([
    startDynamodb({ file: join(folder, "table.sqlite"), pidFile: join(folder, "table.pid"), table: tableName }),
    startFauxqsWorker({ queues: join(folder, "queues"), objects: join(folder, "objects") }),
    startKms({
      ...{ port: 0, file: join(folder, "keys.json"), now, region, account },
      authorize: authorizeKms(principals, keyAliases),
      fault: (call) => faults.keys?.(call),
    }),
  ]);
  closing.defer(() => dynamodb.stop());
  closing.defer(() => fauxqs.stop());
  closing.defer(() => kms.close());
  const keys = await ensureKeys(kms.url);
  sts = await startSts({ port: 0, now, account, authorize: authorizeSts(principals, roleArns) });
  closing.use(closed(sts));
  const mailbox = openMailbox({ file: join(folder, "mail.sqlite"), now });
  closing.defer(() => mailbox.close());
  const events: SesEvent[] = [];
  const ses = await startSesEndpoint({
    ...{ port: 0, mailbox, now, region, accountId: account, authorize: authorizeSes(principals, mailDomain) },
    publishEvent: async (event) => void events.push(event),
    fault: (call) => faults.mail?.(call),
  });
  closing.use(closed(ses));
  const tableGate = await startDynamodbGate({
    ...{ port: 0, upstream: dynamodb.endpoint, table: tableName, principals },
    fault: (request) => faults.table?.(request),
  });
  closing.use(closed(tableGate));
  const objectGate = await startFauxqsGate({
    ...{ port: 0, upstream: fauxqs.endpoint, buckets: bucketNames, queues: queueNames, principals },
  });
  closing.use(closed(objectGate));

  const { credentials } = hostClient(dynamodb.endpoint);
  const held = closing.move();
  return {
    ...{ clock, faults, kms, mailbox, events, keys, behind: { dynamodb, fauxqs } },
    endpoints: {
      dynamodb: tableGate.url,
      s3: objectGate.url,
      sqs: objectGate.url,
      kms: kms.url,
      sts: sts.url,
      ses: ses.url,
    },
    table: connectTable({ region, endpoint: dynamodb.endpoint, credentials, tableName }, Math.random),
    credentialsOf: (door) => ({ accessKeyId: doorKey(door), secretAccessKey: "no-signature-is-checked" }),
    close: () => held.disposeAsync(),
  };
}

const doorKey = (door: DoorName): string => `AKIADOOR-${door}`;

const queueNames = Object.fromEntries(
  (Object.keys(queues) as QueueName[]).map((queue) => [queue, queueName(queue)]),
) as Record<QueueName, string>;

const closed = (thing: { close(): Promise<void> }): AsyncDisposable => ({
  [Symbol.asyncDispose]: () => thing.close(),
});
