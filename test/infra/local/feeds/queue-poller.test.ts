import { join } from "node:path";
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type QueuePoller, startQueuePoller } from "#infra/local/feeds/queue-poller.ts";
import {
  deadLetterName,
  type Fauxqs,
  queueArnOf,
  queueName,
  queueUrl,
  startFauxqsWorker,
} from "#infra/local/storage/fauxqs.ts";
import { account, hostClient } from "#infra/local/storage/host-client.ts";
import { openTopicPublisher } from "#infra/local/storage/topic-publisher.ts";
import { temporaryFolder } from "#test/infra/local/temporary-folder.ts";

let folders: { queues: string; objects: string };
let fauxqs: Fauxqs;
let client: SQSClient;
const pollers: QueuePoller[] = [];

beforeEach(async () => {
  const folder = temporaryFolder();
  folders = { queues: join(folder, "queues"), objects: join(folder, "objects") };
  fauxqs = await startFauxqsWorker(folders);
  client = new SQSClient(hostClient(fauxqs.endpoint));
});
afterEach(async () => {
  await Promise.all(pollers.splice(0).map((poller) => poller.close()));
  client.destroy();
  await fauxqs.stop();
});

function start(invoke: (event: SQSEvent) => unknown, parallel = 1) {
  const poller = startQueuePoller({
    endpoint: fauxqs.endpoint,
    queueUrl: queueUrl(fauxqs.endpoint, "inbound"),
    queueArn: queueArnOf(queueName("inbound")),
    batch: 10,
    parallel,
    invoke: async (event) => invoke(event),
    report: () => undefined,
    restSeconds: () => 1,
  });
  pollers.push(poller);
  return poller;
}

async function messagesIn(name: string): Promise<number> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: `${fauxqs.endpoint}/${account}/${name}`, AttributeNames: ["All"] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible);
}

const send = (body: string) =>
  client.send(new SendMessageCommand({ QueueUrl: queueUrl(fauxqs.endpoint, "inbound"), MessageBody: body }));

describe("the queue poller", () => {
  it("hands over what a topic publishes, as it was published, and deletes what succeeded", async () => {
    const seen: SQSEvent[] = [];
    start((event) => void seen.push(event));
    const topics = openTopicPublisher(fauxqs.endpoint);
    await topics.publish("inbound", '{"a":1}');
    topics.close();
    await expect.poll(() => seen.flatMap((event) => event.Records.map(({ body }) => body))).toEqual(['{"a":1}']);
    expect(seen[0]?.Records[0]).toMatchObject({
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:candor-inbound",
      attributes: { ApproximateReceiveCount: "1" },
    });
    await expect.poll(() => messagesIn(queueName("inbound"))).toBe(0);
  });

  it("gives again only the messages that a partial answer names", async () => {
    for (const body of ["good", "bad"]) await send(body);
    const seen: string[] = [];
    start((event) => {
      seen.push(...event.Records.map(({ body }) => body));
      const failed = event.Records.filter(
        ({ body, attributes }) => body === "bad" && attributes.ApproximateReceiveCount === "1",
      );
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
    await expect.poll(() => messagesIn(queueName("inbound")), { timeout: 10_000 }).toBe(0);
    expect(seen.toSorted()).toEqual(["bad", "bad", "good"]);
  });

  it("leaves a message that keeps failing to the dead letters", async () => {
    await send("poison");
    let calls = 0;
    start(() => {
      calls += 1;
      throw new Error("never");
    });
    await expect.poll(() => messagesIn(deadLetterName("inbound")), { timeout: 20_000, interval: 100 }).toBe(1);
    expect(calls).toBe(5);
  });
});

describe("queues after a crash", () => {
  it("show again at once what the host that is gone had received", async () => {
    await send("in flight");
    const receive = () =>
      client.send(new ReceiveMessageCommand({ QueueUrl: queueUrl(fauxqs.endpoint, "inbound"), WaitTimeSeconds: 2 }));
    expect((await receive()).Messages).toHaveLength(1);
    expect((await receive()).Messages ?? []).toHaveLength(0);
    await fauxqs.stop();
    fauxqs = await startFauxqsWorker(folders);
    client.destroy();
    client = new SQSClient(hostClient(fauxqs.endpoint));
    expect((await receive()).Messages?.map(({ Body }) => Body)).toEqual(["in flight"]);
  });
});
