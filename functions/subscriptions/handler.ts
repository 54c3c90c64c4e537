import { randomBytes } from "node:crypto";
import { handle } from "hono/aws-lambda";
import { connectLog } from "#shared/aws/log.ts";
import { connectTable } from "#shared/aws/table.ts";
import { connectDigester, connectWrapper } from "#shared/aws/vault.ts";
import { readConfig } from "#shared/config.ts";
import { subscriptionKeys } from "#shared/store/subscription-keys.ts";
import { createSubscriptions } from "./app.ts";

const config = readConfig("subscriptions", process.env);
const region = config.AWS_REGION;
const kms = { region, endpoint: config.AWS_ENDPOINT_URL_KMS };
const log = connectLog("subscriptions");
const now = () => new Date(Date.now() + config.CLOCK_OFFSET_MS);

export const handler = handle(
  createSubscriptions({
    table: connectTable(
      { region, endpoint: config.AWS_ENDPOINT_URL_DYNAMODB, tableName: config.TABLE_NAME },
      Math.random,
    ),
    wrapper: connectWrapper({ ...kms, platformKey: config.SEALING_KEY }),
    keyOf: subscriptionKeys(connectDigester({ ...kms, keyId: config.SUBSCRIBER_KEY }), now),
    siteDomain: config.SITE_DOMAIN,
    mailDomain: config.MAIL_DOMAIN,
    siteUrl: config.SITE_URL,
    now,
    random: randomBytes,
    report: (error, request) =>
      log.error("A request failed without intention.", {
        request,
        error: error instanceof Error ? error : String(error),
      }),
  }),
);
