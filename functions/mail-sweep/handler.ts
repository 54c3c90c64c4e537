import { connectObjects } from "#shared/aws/objects.ts";
import { connectQueue } from "#shared/aws/queue.ts";
import { ScheduleEvent } from "#shared/aws/schedule-event.ts";
import { readConfig } from "#shared/config.ts";
import { sweepMail } from "./app.ts";

const config = readConfig("mail-sweep", process.env);
const region = config.AWS_REGION;
const ports = {
  objects: connectObjects({ region, endpoint: config.AWS_ENDPOINT_URL_S3 }),
  bucket: config.RAW_BUCKET,
  enqueue: connectQueue({ region, endpoint: config.AWS_ENDPOINT_URL_SQS, queueUrl: config.INBOUND_QUEUE_URL }),
};

export const handler = (event: unknown): Promise<{ queued: number }> =>
  sweepMail(ports, ScheduleEvent.parse(event).time);
