import { randomBytes } from "node:crypto";
import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { connectLog, loggingFailures } from "#shared/aws/log.ts";
import { connectTable } from "#shared/aws/table.ts";
import { readConfig } from "#shared/config.ts";
import { SesEvent } from "#shared/mail/ses-event.ts";
import { noteFeedback } from "./app.ts";

const config = readConfig("mail-feedback", process.env);
const log = connectLog("mail-feedback");
const ports = {
  table: connectTable(
    { region: config.AWS_REGION, endpoint: config.AWS_ENDPOINT_URL_DYNAMODB, tableName: config.TABLE_NAME },
    Math.random,
  ),
  now: () => new Date(Date.now() + config.CLOCK_OFFSET_MS),
  random: randomBytes,
};

const processor = new BatchProcessor(EventType.SQS);

export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  processPartialResponse(
    event,
    loggingFailures(log, (record: SQSRecord) =>
      noteFeedback(ports, SesEvent.parse(JSON.parse(record.body)), context.awsRequestId),
    ),
    processor,
    { context, throwOnFullBatchFailure: false },
  );
