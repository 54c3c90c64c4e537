import type { Logger } from "@aws-lambda-powertools/logger";
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { keyAttributes } from "#shared/store/keys.ts";
import type { Failed, ItemDoor } from "#shared/store/tasks.ts";
import { ScheduleEvent } from "./schedule-event.ts";

/** The Lambda handler of a door that is woken by the table's stream and by the scheduler. Of a batch, what failed comes again alone. */
export function itemDoorHandler(door: ItemDoor, log: Logger) {
  return async (
    event: DynamoDBStreamEvent | Record<string, unknown>,
    { awsRequestId }: Context,
  ): Promise<DynamoDBBatchResponse | Record<string, never>> => {
    if (!isStream(event)) {
      refuse(await door.scheduled(ScheduleEvent.parse(event).time, awsRequestId), log);
      return {};
    }
    const records = event.Records.map((record) => ({ record, key: keyOf(record) }));
    const failed = await door.inserted(
      records.map(({ key }) => key),
      awsRequestId,
    );
    report(failed, log);
    const again = new Set(failed.flatMap(({ keys }) => keys.map(({ pk, sk }) => `${pk} ${sk}`)));
    return {
      batchItemFailures: records
        .filter(({ key: { pk, sk } }) => again.has(`${pk} ${sk}`))
        .map(({ record }) => ({ itemIdentifier: record.dynamodb?.SequenceNumber ?? "" })),
    };
  };
}

/** The Lambda handler of a door that the scheduler alone wakes. */
export const scheduledHandler =
  (run: (at: Date) => Promise<readonly Failed[]>, log: Logger) =>
  async (event: unknown): Promise<void> =>
    refuse(await run(ScheduleEvent.parse(event).time), log);

/** Has a run with failures counted as failed, once each is in the log. */
function refuse(failed: readonly Failed[], log: Logger): void {
  report(failed, log);
  if (failed.length > 0)
    throw new Error(`${String(failed.length)} tasks failed: ${failed.map(({ name }) => name).join(", ")}`);
}

const isStream = (event: object): event is DynamoDBStreamEvent => "Records" in event && Array.isArray(event.Records);

function keyOf({ dynamodb }: DynamoDBRecord) {
  const { Keys = {} } = dynamodb ?? {};
  return { pk: Keys[keyAttributes.partition]?.S ?? "", sk: Keys[keyAttributes.sort]?.S ?? "" };
}

function report(failed: readonly Failed[], log: Logger): void {
  for (const { name, error } of failed)
    log.error("A task failed and is tried again.", {
      task: name,
      error: error instanceof Error ? error : String(error),
    });
}
