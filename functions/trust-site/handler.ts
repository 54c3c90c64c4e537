import { handle } from "hono/aws-lambda";
import { connectObjects } from "#shared/aws/objects.ts";
import { connectTable } from "#shared/aws/table.ts";
import { readConfig } from "#shared/config.ts";
import { createTrustSite } from "./app.ts";

const config = readConfig("trust-site", process.env);
const objects = connectObjects({ region: config.AWS_REGION, endpoint: config.AWS_ENDPOINT_URL_S3 });
const app = createTrustSite({
  table: connectTable(
    { region: config.AWS_REGION, endpoint: config.AWS_ENDPOINT_URL_DYNAMODB, tableName: config.TABLE_NAME },
    Math.random,
  ),
  ledger: { objects, bucket: config.LEDGER_BUCKET },
  releases: { objects, bucket: config.RELEASES_BUCKET },
  siteDomain: config.SITE_DOMAIN,
  mailDomain: config.MAIL_DOMAIN,
  now: () => new Date(Date.now() + config.CLOCK_OFFSET_MS),
});

export const handler = handle(app);
