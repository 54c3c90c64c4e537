import { connectQueue } from "#shared/aws/queue.ts";
import { ScheduleEvent } from "#shared/aws/schedule-event.ts";
import { connectTable } from "#shared/aws/table.ts";
import { readConfig } from "#shared/config.ts";
import { sweepOutbox } from "./app.ts";

const config = readConfig("outbox-sweep", process.env);
const region = config.AWS_REGION;
const ports = {
  table: connectTable(
    { region, endpoint: config.AWS_ENDPOINT_URL_DYNAMODB, tableName: config.TABLE_NAME },
    Math.random,
  ),
  enqueue: connectQueue({ region, endpoint: config.AWS_ENDPOINT_URL_SQS, queueUrl: config.OUTBOX_QUEUE_URL }),
};

export const handler = (event: unknown): Promise<{ queued: number }> =>
  sweepOutbox(ports, ScheduleEvent.parse(event).time);
