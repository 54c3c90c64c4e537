import { randomBytes } from "node:crypto";
import { handle } from "hono/aws-lambda";
import { connectLog } from "#shared/aws/log.ts";
import { connectTable } from "#shared/aws/table.ts";
import { readConfig } from "#shared/config.ts";
import { connectPublicFetch } from "#shared/net/public-fetch.ts";
import { createPlatformApi } from "./app.ts";

const config = readConfig("platform-api", process.env);
const log = connectLog("platform-api");

export const handler = handle(
  createPlatformApi({
    table: connectTable(
      { region: config.AWS_REGION, endpoint: config.AWS_ENDPOINT_URL_DYNAMODB, tableName: config.TABLE_NAME },
      Math.random,
    ),
    tokens: { issuer: config.OIDC_ISSUER, audience: config.OIDC_AUDIENCE, jwksUrl: config.OIDC_JWKS_URL },
    groupsClaim: config.GROUPS_CLAIM,
    fetchDocument: connectPublicFetch({ exceptions: config.OUTBOUND_EXCEPTIONS }),
    siteDomain: config.SITE_DOMAIN,
    now: () => new Date(Date.now() + config.CLOCK_OFFSET_MS),
    random: randomBytes,
    report: (error, request) =>
      log.error("A request failed without intention.", {
        request,
        error: error instanceof Error ? error : String(error),
      }),
  }).app,
);
