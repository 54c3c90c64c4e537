import { randomBytes } from "node:crypto";
import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import * as z from "zod";
import { connectLog, loggingFailures } from "#shared/aws/log.ts";
import { connectObjects } from "#shared/aws/objects.ts";
import { connectTable } from "#shared/aws/table.ts";
import { connectDigester, connectWrapper } from "#shared/aws/vault.ts";
import { readConfig } from "#shared/config.ts";
import { SesReceipt } from "#shared/mail/ses-receipt.ts";
import { createInboundMail } from "./app.ts";

const config = readConfig("inbound-mail", process.env);
const log = connectLog("inbound-mail");
const region = config.AWS_REGION;
const takeIn = createInboundMail({
  table: connectTable(
    { region, endpoint: config.AWS_ENDPOINT_URL_DYNAMODB, tableName: config.TABLE_NAME },
    Math.random,
  ),
  objects: connectObjects({ region, endpoint: config.AWS_ENDPOINT_URL_S3 }),
  wrapper: connectWrapper({ region, endpoint: config.AWS_ENDPOINT_URL_KMS, platformKey: config.SEALING_KEY }),
  digester: connectDigester({ region, endpoint: config.AWS_ENDPOINT_URL_KMS, keyId: config.DIGEST_KEY }),
  rawBucket: config.RAW_BUCKET,
  sealedBucket: config.SEALED_BUCKET,
  mailDomain: config.MAIL_DOMAIN,
  now: () => new Date(Date.now() + config.CLOCK_OFFSET_MS),
  random: randomBytes,
});

/** What the queue carries: SES's notice of a stored mail, or the sweep's of one that was left over. */
const Notice = z.union([
  SesReceipt,
  z.strictObject({
    objectKey: z.string().min(1).max(1024),
    storedAt: z.iso.datetime().transform((text) => new Date(text)),
  }),
]);

const processor = new BatchProcessor(EventType.SQS);

/** Messages of the inbound queue; those that fail are reported one by one, and come again. */
export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  processPartialResponse(
    event,
    loggingFailures(log, (record: SQSRecord) => takeIn(Notice.parse(JSON.parse(record.body)), context.awsRequestId)),
    processor,
    { context, throwOnFullBatchFailure: false },
  );
