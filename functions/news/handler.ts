import { scheduledHandler } from "#shared/aws/item-door.ts";
import { connectLog } from "#shared/aws/log.ts";
import { connectObjects } from "#shared/aws/objects.ts";
import { connectTable } from "#shared/aws/table.ts";
import { connectDigester } from "#shared/aws/vault.ts";
import { readConfig } from "#shared/config.ts";
import { subscriptionKeys } from "#shared/store/subscription-keys.ts";
import { createNews } from "./app.ts";

const config = readConfig("news", process.env);
const region = config.AWS_REGION;
const now = () => new Date(Date.now() + config.CLOCK_OFFSET_MS);
const digester = connectDigester({ region, endpoint: config.AWS_ENDPOINT_URL_KMS, keyId: config.SUBSCRIBER_KEY });

export const handler = scheduledHandler(
  createNews({
    table: connectTable(
      { region, endpoint: config.AWS_ENDPOINT_URL_DYNAMODB, tableName: config.TABLE_NAME },
      Math.random,
    ),
    releases: {
      objects: connectObjects({ region, endpoint: config.AWS_ENDPOINT_URL_S3 }),
      bucket: config.RELEASES_BUCKET,
    },
    keyOf: subscriptionKeys(digester, now),
    mailDomain: config.MAIL_DOMAIN,
    siteUrl: config.SITE_URL,
  }),
  connectLog("news"),
);
