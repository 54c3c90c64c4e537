import { randomBytes } from "node:crypto";
import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Context, DynamoDBRecord, DynamoDBStreamEvent, SQSEvent, SQSRecord } from "aws-lambda";
import * as z from "zod";
import { connectKeyService } from "#shared/aws/key-service.ts";
import { connectLog, loggingFailures } from "#shared/aws/log.ts";
import { connectObjects } from "#shared/aws/objects.ts";
import { connectQueue } from "#shared/aws/queue.ts";
import { ScheduleEvent } from "#shared/aws/schedule-event.ts";
import { connectTable } from "#shared/aws/table.ts";
import { tenantSessions } from "#shared/aws/tenant-session.ts";
import { connectUnwrapper } from "#shared/aws/vault.ts";
import { readConfig } from "#shared/config.ts";
import { JobId } from "#shared/job/job.ts";
import { jobOfKey } from "#shared/store/jobs.ts";
import { keyAttributes } from "#shared/store/keys.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import { createJobs } from "./app.ts";
import type { TenantPorts } from "./tenant-ports.ts";

const config = readConfig("jobs", process.env);
const region = config.AWS_REGION;
const log = connectLog("jobs");
const now = () => new Date(Date.now() + config.CLOCK_OFFSET_MS);
const table = { region, endpoint: config.AWS_ENDPOINT_URL_DYNAMODB, tableName: config.TABLE_NAME };
const session = tenantSessions({ region, endpoint: config.AWS_ENDPOINT_URL_STS, roleArn: config.TENANT_ROLE_ARN }, now);
const clients = new Map<string, TenantPorts>();

/** Clients by the tenant's own credentials, made once for each session. */
async function asTenant(tenant: TenantId): Promise<TenantPorts> {
  const credentials = await session(tenant);
  const known = clients.get(credentials.accessKeyId);
  if (known) return known;
  if (clients.size >= 100) clients.clear();
  const endpoint = config.AWS_ENDPOINT_URL_KMS;
  const ports = {
    table: connectTable({ ...table, credentials }, Math.random),
    keys: connectKeyService({ region, endpoint, credentials, tenant, platformKey: config.TRANSIT_KEY }),
    objects: connectObjects({ region, endpoint: config.AWS_ENDPOINT_URL_S3, credentials }),
    unwrapper: connectUnwrapper({ region, endpoint, credentials, platformKey: config.SEALING_KEY }),
    sealingKey: config.SEALING_KEY,
    buckets: {
      sealed: config.SEALED_BUCKET,
      ledger: config.LEDGER_BUCKET,
      releases: config.RELEASES_BUCKET,
      exports: config.EXPORTS_BUCKET,
    },
  };
  clients.set(credentials.accessKeyId, ports);
  return ports;
}

const jobs = createJobs({
  table: connectTable(table, Math.random),
  asTenant,
  enqueue: connectQueue({ region, endpoint: config.AWS_ENDPOINT_URL_SQS, queueUrl: config.JOBS_QUEUE_URL }),
  now,
  random: randomBytes,
  report: (error, job) =>
    log.error("A step failed without intention.", { job, error: error instanceof Error ? error : String(error) }),
});

const Work = z.strictObject({ tenant: TenantId, id: JobId });

/** A run works for a minute, then the next one goes on; before its end there is time for the step that is under way. */
const workMs = 60_000;
const marginMs = 60_000;
const untilOf = (context: Context): Date => {
  const left = context.getRemainingTimeInMillis() - marginMs;
  return new Date(now().getTime() + Math.min(workMs, left));
};

const fromStream = new BatchProcessor(EventType.DynamoDBStreams);
const fromQueue = new BatchProcessor(EventType.SQS);
const answer = (context: Context) => ({ context, throwOnFullBatchFailure: false });

/** Jobs that the table's stream brings when they are new, those in the queue, and the schedule that looks for what is left. */
export const handler = (event: DynamoDBStreamEvent | SQSEvent | { readonly time: string }, context: Context) => {
  if (!("Records" in event)) return jobs.scheduled(ScheduleEvent.parse(event).time);
  const [first] = event.Records;
  return first && "dynamodb" in first
    ? processPartialResponse(
        event as DynamoDBStreamEvent,
        loggingFailures(log, async (record: DynamoDBRecord) => {
          const keys = record.dynamodb?.Keys;
          const pk = keys?.[keyAttributes.partition]?.S ?? "";
          const sk = keys?.[keyAttributes.sort]?.S ?? "";
          const job = jobOfKey({ pk, sk });
          if (job) await jobs.work(job, context.awsRequestId, untilOf(context));
        }),
        fromStream,
        answer(context),
      )
    : processPartialResponse(
        event as SQSEvent,
        loggingFailures(log, (record: SQSRecord) =>
          jobs.work(Work.parse(JSON.parse(record.body)), context.awsRequestId, untilOf(context)),
        ),
        fromQueue,
        answer(context),
      );
};
