import { handle, type LambdaContext, type LambdaEvent } from "hono/aws-lambda";
import { connectObjects } from "#shared/aws/objects.ts";
import { connectTable } from "#shared/aws/table.ts";
import { readConfig } from "#shared/config.ts";
import { createTrustSite } from "./app.ts";
import { isHttpEvent, lambdaAnswer, siteRequestOf } from "./lambda-event.ts";

const config = readConfig("trust-site", process.env);
const objects = connectObjects({ region: config.AWS_REGION, endpoint: config.AWS_ENDPOINT_URL_S3 });
const { app, pages } = createTrustSite({
  table: connectTable(
    { region: config.AWS_REGION, endpoint: config.AWS_ENDPOINT_URL_DYNAMODB, tableName: config.TABLE_NAME },
    Math.random,
  ),
  ledger: { objects, bucket: config.LEDGER_BUCKET },
  releases: { objects, bucket: config.RELEASES_BUCKET },
  siteDomain: config.SITE_DOMAIN,
  mailDomain: config.MAIL_DOMAIN,
  now: () => new Date(Date.now() + config.CLOCK_OFFSET_MS),
  report,
});
const everything = handle(app);

/** A page is answered before Hono: its `Request` and `Response` cost a start half of its time, and a kept page most of it. */
export async function handler(event: LambdaEvent, context?: LambdaContext) {
  if (isHttpEvent(event)) {
    const page = await pages(siteRequestOf(event)).catch(() => undefined);
    if (page) return lambdaAnswer(page);
  }
  return everything(event, context);
}

/** One line of JSON, as the other doors' logger writes it; that logger alone would make this door start later. */
function report(error: unknown, request: string): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`${JSON.stringify({ level: "ERROR", service: "trust-site", request, name, message, stack })}\n`);
}
