import { Duration } from "aws-cdk-lib";
import * as sqs from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { type QueueName, queues } from "#infra/doors.ts";
import { acknowledge } from "#infra/stack/acknowledge.ts";
import { constructId, eachOf } from "#infra/stack/each-of.ts";

export const queueNames = Object.keys(queues) as QueueName[];

/** Where work waits, and where it is set aside when it can't be done. */
export class Queues extends Construct {
  readonly queues: Readonly<Record<QueueName, sqs.Queue>>;
  /** Messages of a queue that failed too often. */
  readonly dead: Readonly<Record<QueueName, sqs.Queue>>;
  /** Which records of the table's stream failed too often: their place in the stream, not the records. */
  readonly deadStream: sqs.Queue;
  /** Runs that the scheduler could not hand over. */
  readonly deadSchedules: sqs.Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.dead = eachOf(queueNames, (name) => this.#deadLetters(`${constructId(name)}Dead`));
    this.queues = eachOf(queueNames, (name) => this.#queue(name));
    this.deadStream = this.#deadLetters("StreamDead");
    this.deadSchedules = this.#deadLetters("SchedulesDead");
    for (const queue of [this.deadStream, this.deadSchedules]) {
      acknowledge(
        queue,
        "SQS3",
        "Takes the dead letters of Lambda's stream reader or of the scheduler, not of a queue.",
      );
    }
  }

  get deadLetters(): readonly sqs.Queue[] {
    return [...Object.values(this.dead), this.deadStream, this.deadSchedules];
  }

  #queue(name: QueueName): sqs.Queue {
    const { receives, visibilitySeconds, retentionDays } = queues[name];
    return new sqs.Queue(this, constructId(name), {
      ...guarded,
      visibilityTimeout: Duration.seconds(visibilitySeconds),
      retentionPeriod: Duration.days(retentionDays),
      deadLetterQueue: { queue: this.dead[name], maxReceiveCount: receives },
    });
  }

  #deadLetters(id: string): sqs.Queue {
    return new sqs.Queue(this, id, { ...guarded, retentionPeriod: Duration.days(14) });
  }
}

/** SQS's own key: with a customer-managed one the door behind a queue would need Decrypt. */
const guarded = { encryption: sqs.QueueEncryption.SQS_MANAGED, enforceSSL: true } as const satisfies sqs.QueueProps;
