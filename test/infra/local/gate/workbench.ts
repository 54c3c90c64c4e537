import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type DoorName, doorNames, type QueueName, queues } from "#infra/doors.ts";
import { type DynamodbGateOptions, startDynamodbGate } from "#infra/local/gate/dynamodb-gate.ts";
import { startFauxqsGate } from "#infra/local/gate/fauxqs-gate.ts";
import { createPrincipals, type Principals } from "#infra/local/gate/principals.ts";
import { startDynamodb } from "#infra/local/storage/dynamodb.ts";
import { bucketNames, queueName, startFauxqsWorker } from "#infra/local/storage/fauxqs.ts";
import { createSessions, type SessionCredentials, type SessionRegistry } from "#infra/local/sts/sessions.ts";

export const table = "candor-test";
export const hostKey = "AKIAHOST";
export const doorKey = (door: DoorName): string => `AKIADOOR${door}`;
export const queueNames = Object.fromEntries(
  (Object.keys(queues) as QueueName[]).map((queue) => [queue, queueName(queue)]),
) as Record<QueueName, string>;

export interface People {
  readonly principals: Principals;
  readonly sessions: SessionRegistry;
  /** Credentials of the tenant role with these session tags. */
  as(tags: Readonly<Record<string, string>>, roleName?: string): SessionCredentials;
}

/** Everybody who can call: each door, the host, and sessions made on demand. */
export function people(): People {
  const now = new Date("2026-11-21T12:00:00Z");
  const sessions = createSessions(
    () => now,
    (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
  );
  const principals = createPrincipals({
    hostKey,
    doorKeys: new Map(doorNames.map((door) => [doorKey(door), door])),
    sessions: () => sessions,
  });
  return {
    principals,
    sessions,
    as: (tags, roleName = "admin-api-tenant") =>
      sessions.open({
        ...{ roleName, roleArn: `arn:aws:iam::000000000000:role/${roleName}`, sessionName: "test", tags },
        ...{ baseAccessKeyId: doorKey("admin-api"), expiresAt: new Date(now.getTime() + 900_000) },
      }),
  };
}

export type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
export const credentialsOf = (door: DoorName | "host"): Credentials => ({
  accessKeyId: door === "host" ? hostKey : doorKey(door),
  secretAccessKey: "secret",
});

const options = (endpoint: string, credentials: Credentials) => ({
  ...{ region: "us-east-1", endpoint, credentials, maxAttempts: 1 },
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 20_000 },
});

export interface GatedTable {
  readonly url: string;
  /** The endpoint behind the gate. */
  readonly behind: string;
  readonly people: People;
  client(credentials: Credentials): DynamoDBClient;
  close(): Promise<void>;
}

/** A table behind a gate, both of this test alone. */
export async function gatedTable(fault?: DynamodbGateOptions["fault"]): Promise<GatedTable> {
  const folder = mkdtempSync(join(tmpdir(), "candor-gate-"));
  const database = await startDynamodb({ file: join(folder, "table.db"), pidFile: join(folder, "pid"), table });
  const everybody = people();
  const { principals } = everybody;
  const gate = await startDynamodbGate({
    ...{ port: 0, upstream: database.endpoint, table, principals },
    ...(fault && { fault }),
  });
  const clients: DynamoDBClient[] = [];
  return {
    url: gate.url,
    behind: database.endpoint,
    people: everybody,
    client(credentials) {
      const client = new DynamoDBClient(options(gate.url, credentials));
      clients.push(client);
      return client;
    },
    async close() {
      for (const client of clients) client.destroy();
      await gate.close();
      await database.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface GatedObjects {
  readonly url: string;
  readonly people: People;
  s3(credentials: Credentials): S3Client;
  sqs(credentials: Credentials): SQSClient;
  close(): Promise<void>;
}

/** Buckets and queues behind a gate, all of this test alone. */
export async function gatedObjects(): Promise<GatedObjects> {
  const folder = mkdtempSync(join(tmpdir(), "candor-gate-"));
  const fauxqs = await startFauxqsWorker({ queues: join(folder, "queues"), objects: join(folder, "objects") });
  const everybody = people();
  const { principals } = everybody;
  const names = { buckets: bucketNames, queues: queueNames };
  const gate = await startFauxqsGate({ port: 0, upstream: fauxqs.endpoint, ...names, principals });
  const clients: { destroy(): void }[] = [];
  function kept<Client extends { destroy(): void }>(client: Client): Client {
    clients.push(client);
    return client;
  }
  return {
    url: gate.url,
    people: everybody,
    s3: (credentials) =>
      kept(
        new S3Client({
          ...options(gate.url, credentials),
          ...{ forcePathStyle: true, requestChecksumCalculation: "WHEN_REQUIRED" },
        }),
      ),
    sqs: (credentials) => kept(new SQSClient(options(gate.url, credentials))),
    async close() {
      for (const client of clients) client.destroy();
      await gate.close();
      await fauxqs.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The name of the error that a call ends with; `undefined` when it succeeds. */
export async function errorName(call: Promise<unknown>): Promise<string | undefined> {
  return (await failure(call))?.name;
}

export async function failure(call: Promise<unknown>): Promise<Error | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
