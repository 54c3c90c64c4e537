import { randomBytes } from "node:crypto";
import { itemDoorHandler } from "#shared/aws/item-door.ts";
import { connectLog } from "#shared/aws/log.ts";
import { connectObjects } from "#shared/aws/objects.ts";
import { connectTable } from "#shared/aws/table.ts";
import { tenantSessions } from "#shared/aws/tenant-session.ts";
import { readConfig } from "#shared/config.ts";
import { createPublisher } from "./app.ts";
import type { PublisherPorts } from "./ports.ts";

const config = readConfig("publisher", process.env);
const region = config.AWS_REGION;
const now = () => new Date(Date.now() + config.CLOCK_OFFSET_MS);
const table = { region, endpoint: config.AWS_ENDPOINT_URL_DYNAMODB, tableName: config.TABLE_NAME };
const session = tenantSessions({ region, endpoint: config.AWS_ENDPOINT_URL_STS, roleArn: config.TENANT_ROLE_ARN }, now);

const clients = new Map<string, Awaited<ReturnType<PublisherPorts["asTenant"]>>>();

/** Clients by the tenant's own credentials, made once for each session. */
const asTenant: PublisherPorts["asTenant"] = async (tenant) => {
  const credentials = await session(tenant);
  const known = clients.get(credentials.accessKeyId);
  if (known) return known;
  if (clients.size >= 100) clients.clear();
  const ports = {
    table: connectTable({ ...table, credentials }, Math.random),
    objects: connectObjects({ region, endpoint: config.AWS_ENDPOINT_URL_S3, credentials }),
  };
  clients.set(credentials.accessKeyId, ports);
  return ports;
};

export const handler = itemDoorHandler(
  createPublisher({
    table: connectTable(table, Math.random),
    asTenant,
    bucket: config.RELEASES_BUCKET,
    now,
    random: randomBytes,
  }),
  connectLog("publisher"),
);
