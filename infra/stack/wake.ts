import { Duration } from "aws-cdk-lib";
import type * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as lambda from "aws-cdk-lib/aws-lambda";
import type { Trigger } from "#infra/doors.ts";
import type { Door } from "#infra/stack/door.ts";
import type { Queues } from "#infra/stack/queues.ts";
import type { Schedules } from "#infra/stack/schedules.ts";
import type { Web } from "#infra/stack/web.ts";
import { tableShape } from "#infra/table-shape.ts";

export interface WakeSources {
  readonly table: dynamodb.TableV2;
  readonly queues: Queues;
  readonly schedules: Schedules;
  readonly web: Web;
}

/** How many copies of a door may work on one queue at once; the rest of the account's concurrency is for visitors. */
const queueConcurrency = 20;

/** Connects a door with what wakes it. */
export function wake(door: Door, trigger: Trigger, { table, queues, schedules, web }: WakeSources): void {
  switch (trigger.kind) {
    case "queue":
      new lambda.EventSourceMapping(door, `From${trigger.queue}`, {
        target: door.handler,
        eventSourceArn: queues.queues[trigger.queue].queueArn,
        batchSize: trigger.batch,
        reportBatchItemFailures: true,
        maxConcurrency: queueConcurrency,
      });
      return;
    case "table-insert":
      new lambda.EventSourceMapping(door, "FromTable", {
        target: door.handler,
        ...(table.tableStreamArn === undefined ? {} : { eventSourceArn: table.tableStreamArn }),
        startingPosition: lambda.StartingPosition.TRIM_HORIZON,
        batchSize: trigger.batch,
        maxBatchingWindow: Duration.seconds(trigger.gatherSeconds ?? 0),
        filters: trigger.prefixes.map(insertsUnder),
        // What fails is tried some times, alone in the end, and then left to the sweep: one bad item must not hold up a shard.
        reportBatchItemFailures: true,
        bisectBatchOnError: true,
        retryAttempts: 8,
        maxRecordAge: Duration.hours(1),
        onFailure: { bind: () => ({ destination: queues.deadStream.queueArn }) },
      });
      return;
    case "schedule":
      schedules.run(door, trigger);
      return;
    case "http":
      web.serve(door, trigger);
      return;
    case "form":
      web.take(door, trigger.paths);
  }
}

/** Lambda's filter on a stream record (Lambda Developer Guide, "Control which events Lambda sends to your function"). */
function insertsUnder(prefix: string) {
  const { partition } = tableShape;
  return lambda.FilterCriteria.filter({
    eventName: lambda.FilterRule.isEqual("INSERT"),
    dynamodb: { Keys: { [partition]: { S: lambda.FilterRule.beginsWith(prefix) } } },
  });
}
