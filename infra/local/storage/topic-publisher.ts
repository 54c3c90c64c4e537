import { PublishBatchCommand, SNSClient } from "@aws-sdk/client-sns";
import { type TopicName, topicArn } from "./fauxqs.ts";
import { hostClient } from "./host-client.ts";

export interface TopicPublisher {
  publish(topic: TopicName, message: string): Promise<void>;
  close(): void;
}

interface Waiting {
  readonly message: string;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** What SNS takes in one batch: messages, and bytes of all of them (here with room for the rest of the request). */
const most = { messages: 10, bytes: 250_000 } as const;

/** Publishes to the local SNS as SES does. What is said while a request is under way goes out together in the next. */
export function openTopicPublisher(endpoint: string): TopicPublisher {
  const client = new SNSClient(hostClient(endpoint));
  const queues = new Map<TopicName, Waiting[]>();
  const busy = new Set<TopicName>();

  async function publishAll(topic: TopicName, queue: Waiting[]): Promise<void> {
    busy.add(topic);
    // Whatever else is said in this turn of the loop belongs to the first request.
    await new Promise((resolve) => setImmediate(resolve));
    while (queue.length > 0) await publishSome(topic, queue.splice(0, fitting(queue)));
    busy.delete(topic);
  }

  async function publishSome(topic: TopicName, batch: readonly Waiting[]): Promise<void> {
    const entries = batch.map(({ message }, position) => ({ Id: String(position), Message: message }));
    try {
      const { Failed = [] } = await client.send(
        new PublishBatchCommand({ TopicArn: topicArn(topic), PublishBatchRequestEntries: entries }),
      );
      const reasons = new Map(Failed.map(({ Id, Message, Code }) => [Id, Message ?? Code ?? "no reason given"]));
      for (const [position, { done, failed }] of batch.entries()) {
        const reason = reasons.get(String(position));
        if (reason === undefined) done();
        else failed(new Error(`The topic ${topic} did not take a message: ${reason}`));
      }
    } catch (error) {
      for (const { failed } of batch) failed(error);
    }
  }

  return {
    publish(topic, message) {
      const queue = queues.get(topic) ?? [];
      queues.set(topic, queue);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      queue.push({ message, done: resolve, failed: reject });
      if (!busy.has(topic)) void publishAll(topic, queue);
      return promise;
    },
    close: () => client.destroy(),
  };
}

/** How many from the start fit into one request; at least one. */
function fitting(queue: readonly Waiting[]): number {
  let bytes = 0;
  const end = queue.findIndex(({ message }, position) => {
    bytes += Buffer.byteLength(message);
    return position === most.messages || (position > 0 && bytes > most.bytes);
  });
  return end < 0 ? queue.length : end;
}
