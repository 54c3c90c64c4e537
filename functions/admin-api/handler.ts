import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { streamHandle } from "hono/aws-lambda";
import { connectKeyService } from "#shared/aws/key-service.ts";
import { connectLog } from "#shared/aws/log.ts";
import { connectObjects } from "#shared/aws/objects.ts";
import { connectTable } from "#shared/aws/table.ts";
import { tenantSessions } from "#shared/aws/tenant-session.ts";
import { connectDigester, connectUnwrapper } from "#shared/aws/vault.ts";
import { readConfig } from "#shared/config.ts";
import { connectPublicFetch } from "#shared/net/public-fetch.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";
import { createAdminApi } from "./app.ts";
import type { TenantPorts } from "./tenant-ports.ts";

const config = readConfig("admin-api", process.env);
const region = config.AWS_REGION;
const log = connectLog("admin-api");
const now = () => new Date(Date.now() + config.CLOCK_OFFSET_MS);
const table = { region, endpoint: config.AWS_ENDPOINT_URL_DYNAMODB, tableName: config.TABLE_NAME };
const session = tenantSessions({ region, endpoint: config.AWS_ENDPOINT_URL_STS, roleArn: config.TENANT_ROLE_ARN }, now);
const apiKey = connectDigester({ region, endpoint: config.AWS_ENDPOINT_URL_KMS, keyId: config.API_KEY });
const clients = new Map<string, TenantPorts>();

/** Clients by the tenant's own credentials, made once for each session. */
async function asTenant(tenant: TenantId): Promise<TenantPorts> {
  const credentials = await session(tenant);
  const known = clients.get(credentials.accessKeyId);
  if (known) return known;
  if (clients.size >= 100) clients.clear();
  const ports = {
    table: connectTable({ ...table, credentials }, Math.random),
    objects: connectObjects({ region, endpoint: config.AWS_ENDPOINT_URL_S3, credentials }),
    unwrapper: connectUnwrapper({
      region,
      endpoint: config.AWS_ENDPOINT_URL_KMS,
      credentials,
      platformKey: config.SEALING_KEY,
    }),
    keys: connectKeyService({
      region,
      endpoint: config.AWS_ENDPOINT_URL_KMS,
      credentials,
      tenant,
      platformKey: config.TRANSIT_KEY,
    }),
    sealingKey: config.SEALING_KEY,
  };
  clients.set(credentials.accessKeyId, ports);
  return ports;
}

export const handler = streamHandle(
  createAdminApi({
    table: connectTable(table, Math.random),
    asTenant,
    tokens: {
      issuer: config.OIDC_ISSUER,
      audience: config.OIDC_AUDIENCE,
      jwksUrl: config.OIDC_JWKS_URL,
    },
    fetchDocument: connectPublicFetch({ exceptions: config.OUTBOUND_EXCEPTIONS }),
    bucket: config.SEALED_BUCKET,
    ledgerBucket: config.LEDGER_BUCKET,
    exportsBucket: config.EXPORTS_BUCKET,
    releasesBucket: config.RELEASES_BUCKET,
    makeSecret: () => apiKey.mac(Buffer.from("candor api 1")),
    siteDomain: config.SITE_DOMAIN,
    now,
    random: randomBytes,
    pause: async (milliseconds) => void (await setTimeout(milliseconds)),
    report: (error, request) =>
      log.error("A request failed without intention.", {
        request,
        error: error instanceof Error ? error : String(error),
      }),
    turnedAway: (tenant, request) => log.warn("Credentials were refused.", { tenant, request }),
  }).app,
);
