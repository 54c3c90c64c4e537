import { randomBytes } from "node:crypto";
import type { Context } from "aws-lambda";
import { connectLog } from "#shared/aws/log.ts";
import { ScheduleEvent } from "#shared/aws/schedule-event.ts";
import { connectTable } from "#shared/aws/table.ts";
import { readConfig } from "#shared/config.ts";
import { checkHosts } from "./app.ts";
import { txtLookup } from "./txt-lookup.ts";

const config = readConfig("host-check", process.env);
const log = connectLog("host-check");
const ports = {
  table: connectTable(
    { region: config.AWS_REGION, endpoint: config.AWS_ENDPOINT_URL_DYNAMODB, tableName: config.TABLE_NAME },
    Math.random,
  ),
  lookUpTxt: txtLookup(config.DNS_SERVERS),
  random: randomBytes,
};

export const handler = async (event: unknown, context: Context): Promise<void> => {
  const failed = await checkHosts(ports, ScheduleEvent.parse(event).time, context.awsRequestId);
  for (const { tenant, error } of failed)
    log.error("A host could not be looked after.", {
      tenant,
      error: error instanceof Error ? error : String(error),
    });
  if (failed.length > 0) throw new Error(`${String(failed.length)} hosts could not be looked after.`);
};
