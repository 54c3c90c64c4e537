import { Duration, Stack } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import * as scheduler from "aws-cdk-lib/aws-scheduler";
import type * as sqs from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Trigger } from "#infra/doors.ts";
import type { Door } from "#infra/stack/door.ts";
import { constructId } from "#infra/stack/each-of.ts";

type ScheduleTrigger = Extract<Trigger, { kind: "schedule" }>;

export interface SchedulesProps {
  readonly deploymentName: string;
  readonly deadLetters: sqs.Queue;
}

/** What EventBridge Scheduler runs. */
export class Schedules extends Construct {
  /** Doors that are run by schedule. */
  readonly doors: Door[] = [];
  readonly #props: SchedulesProps;
  readonly #group: scheduler.CfnScheduleGroup;

  constructor(scope: Construct, id: string, props: SchedulesProps) {
    super(scope, id);
    this.#props = props;
    this.#group = new scheduler.CfnScheduleGroup(this, "Group", { name: props.deploymentName });
  }

  run(door: Door, { rule, everyMinutes }: ScheduleTrigger): void {
    const { deploymentName, deadLetters } = this.#props;
    this.doors.push(door);
    // A run that failed is not tried again: the next one is due by then and does the same work.
    new lambda.EventInvokeConfig(door, "Invoke", {
      function: door.handler,
      retryAttempts: 0,
      maxEventAge: Duration.minutes(everyMinutes),
    });
    const expression = scheduler.ScheduleExpression.rate(Duration.minutes(everyMinutes));
    new scheduler.CfnSchedule(this, constructId(rule), {
      name: `${deploymentName}-${rule}`,
      groupName: this.#group.ref,
      scheduleExpression: expression.expressionString,
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: door.handler.functionArn,
        roleArn: this.#caller(rule, door).roleArn,
        input: this.#inputOf(rule),
        retryPolicy: { maximumEventAgeInSeconds: everyMinutes * 60, maximumRetryAttempts: 5 },
        deadLetterConfig: { arn: deadLetters.queueArn },
      },
    });
  }

  /** The scheduler's role for one rule: calls that door and sets aside what it could not hand over. */
  #caller(rule: string, door: Door): iam.Role {
    const { account } = Stack.of(this);
    const sameGroup = { "aws:SourceAccount": account, "aws:SourceArn": this.#group.attrArn };
    return new iam.Role(this, `${constructId(rule)}Caller`, {
      assumedBy: new iam.ServicePrincipal("scheduler.amazonaws.com", { conditions: { StringEquals: sameGroup } }),
      inlinePolicies: {
        run: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [door.handler.functionArn] }),
            new iam.PolicyStatement({
              actions: ["sqs:SendMessage"],
              resources: [this.#props.deadLetters.queueArn],
            }),
          ],
        }),
      },
    });
  }

  /** The event, with the scheduler's context attributes (EventBridge Scheduler User Guide, "Adding context attributes"). */
  #inputOf(rule: string): string {
    const { account, region } = Stack.of(this);
    return JSON.stringify({
      version: "0",
      id: "<aws.scheduler.execution-id>",
      source: "aws.scheduler",
      "detail-type": "Scheduled Event",
      account,
      region,
      time: "<aws.scheduler.scheduled-time>",
      resources: ["<aws.scheduler.schedule-arn>"],
      detail: { rule },
    });
  }
}
