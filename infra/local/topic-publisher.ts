import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { type TopicName, topicArn } from "#infra/local/fauxqs.ts";
import { hostClient } from "#infra/local/host-client.ts";

export interface TopicPublisher {
  publish(topic: TopicName, message: string): Promise<void>;
  close(): void;
}

/** Publishes to the local SNS as SES does. */
export function openTopicPublisher(endpoint: string): TopicPublisher {
  const client = new SNSClient(hostClient(endpoint));
  return {
    async publish(topic, message) {
      await client.send(new PublishCommand({ TopicArn: topicArn(topic), Message: message }));
    },
    close: () => client.destroy(),
  };
}
