/**
 * What Lambda needs of a door's role beside the rights of `infra/rights.ts`, whatever the door does: to write its log, and to
 * fetch on its behalf what wakes it. Actions: Lambda Developer Guide, "Working with Amazon SQS" and "Using AWS Lambda with
 * Amazon DynamoDB", execution role permissions.
 */
import type { Trigger } from "#infra/doors.ts";
import type { Statement } from "#infra/policies.ts";

/** ARNs of what wakes doors. */
export interface TriggerSources {
  readonly table: string;
  readonly stream: string;
  readonly queues: Readonly<Record<Extract<Trigger, { kind: "queue" }>["queue"], string>>;
  readonly deadStream: string;
}

/** The log group is there already; a door can't make another. */
export function logStatements(logGroup: string): readonly Statement[] {
  return [allow(["logs:CreateLogStream", "logs:PutLogEvents"], logGroup)];
}

/** Requests and schedules call a door from outside: for these its role needs nothing. */
export function triggerStatements(trigger: Trigger, sources: TriggerSources): readonly Statement[] {
  switch (trigger.kind) {
    case "queue":
      return [
        allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], sources.queues[trigger.queue]),
      ];
    case "table-insert":
      return [
        // The stream carries keys only, so this reads no item.
        allow(["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], sources.stream),
        // Lambda looks a stream up by its table before it knows the stream's name.
        allow(["dynamodb:ListStreams"], `${sources.table}/stream/*`),
        allow(["sqs:SendMessage"], sources.deadStream),
      ];
    case "http":
    case "form":
    case "schedule":
      return [];
  }
}

function allow(Action: readonly string[], resource: string): Statement {
  return { Effect: "Allow", Action, Resource: [resource] };
}
