import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Context, DynamoDBRecord, DynamoDBStreamEvent, SQSEvent, SQSRecord } from "aws-lambda";
import * as z from "zod";
import { connectLog, loggingFailures } from "#shared/aws/log.ts";
import { connectMailer } from "#shared/aws/mailer.ts";
import { connectTable } from "#shared/aws/table.ts";
import { connectUnwrapper } from "#shared/aws/vault.ts";
import { readConfig } from "#shared/config.ts";
import { keyAttributes } from "#shared/store/keys.ts";
import { outboxKey } from "#shared/store/outbox.ts";
import { createOutbox } from "./app.ts";

const config = readConfig("outbox", process.env);
const log = connectLog("outbox");
const region = config.AWS_REGION;
const deliver = createOutbox({
  table: connectTable(
    { region, endpoint: config.AWS_ENDPOINT_URL_DYNAMODB, tableName: config.TABLE_NAME },
    Math.random,
  ),
  unwrapper: connectUnwrapper({ region, endpoint: config.AWS_ENDPOINT_URL_KMS, platformKey: config.SEALING_KEY }),
  mailer: connectMailer({
    region,
    endpoint: config.AWS_ENDPOINT_URL_SES,
    configurationSet: config.CONFIGURATION_SET,
  }),
  now: () => new Date(Date.now() + config.CLOCK_OFFSET_MS),
  random: randomBytes,
  pause: (milliseconds) => pause(milliseconds),
});

/** What the outbox sweep queues: `at` is the instant that the sweep ran for. */
const Work = z.strictObject({
  tenant: z.string(),
  id: z.string(),
  at: z.iso
    .datetime()
    .transform((text) => new Date(text))
    .optional(),
});

const fromStream = new BatchProcessor(EventType.DynamoDBStreams);
const fromQueue = new BatchProcessor(EventType.SQS);

/** Items that the table's stream brings when they are new, and those that the sweep found waiting. */
export const handler = (event: DynamoDBStreamEvent | SQSEvent, context: Context) => {
  const [first] = event.Records;
  return first && "dynamodb" in first
    ? processPartialResponse(
        event as DynamoDBStreamEvent,
        loggingFailures(log, (record: DynamoDBRecord) => {
          const keys = record.dynamodb?.Keys;
          const pk = keys?.[keyAttributes.partition]?.S ?? "";
          const sk = keys?.[keyAttributes.sort]?.S ?? "";
          return deliver(outboxKey({ pk, sk }), context.awsRequestId);
        }),
        fromStream,
        { context, throwOnFullBatchFailure: false },
      )
    : processPartialResponse(
        event as SQSEvent,
        loggingFailures(log, (record: SQSRecord) => deliver(Work.parse(JSON.parse(record.body)), context.awsRequestId)),
        fromQueue,
        { context, throwOnFullBatchFailure: false },
      );
};
