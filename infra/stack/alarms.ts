import { Duration, Stack } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import * as iam from "aws-cdk-lib/aws-iam";
import * as sns from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import type { Door } from "#infra/stack/door.ts";
import type { Queues } from "#infra/stack/queues.ts";

export interface AlarmsProps {
  readonly queues: Queues;
  /** Doors that find what was left over: when they fail, nobody else notices what was lost. */
  readonly sweeps: readonly Door[];
  readonly address: string | undefined;
}

const minute = Duration.minutes(1);

/** What wakes a person. */
export class Alarms extends Construct {
  readonly topic: sns.Topic;

  constructor(scope: Construct, id: string, { queues, sweeps, address }: AlarmsProps) {
    super(scope, id);
    this.topic = this.#topic();
    if (address !== undefined) this.topic.addSubscription(new EmailSubscription(address));
    for (const queue of queues.deadLetters) {
      this.#raise(
        `${queue.node.id}Letters`,
        "Something could not be processed. Look at the queue, mend the cause, then redrive.",
        { metric: queue.metricApproximateNumberOfMessagesVisible({ period: minute, statistic: "max" }), threshold: 1 },
      );
    }
    this.#raise("InboundAge", "Mail waits to be sealed. Look at the log of inbound-mail, and at KMS and the table.", {
      metric: queues.queues.inbound.metricApproximateAgeOfOldestMessage({ period: minute, statistic: "max" }),
      threshold: 15 * 60,
    });
    for (const { handler, node, shape } of sweeps) {
      const metric = handler.metricErrors({ period: Duration.minutes(5) });
      this.#raise(`${node.id}Errors`, `This fails: ${shape.about}. Look at its log.`, { metric, threshold: 1 });
    }
  }

  #raise(
    id: string,
    alarmDescription: string,
    { metric, threshold }: { readonly metric: cloudwatch.IMetric; readonly threshold: number },
  ): void {
    new cloudwatch.Alarm(this, id, {
      alarmDescription,
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(this.topic));
  }

  #topic(): sns.Topic {
    const topic = new sns.Topic(this, "Topic", { enforceSSL: true });
    const { account } = Stack.of(this);
    topic.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": account } },
      }),
    );
    return topic;
  }
}
