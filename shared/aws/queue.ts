import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type Connection, clientOptions } from "#shared/aws/connection.ts";
import type { Enqueue } from "#shared/store/queue.ts";

export function connectQueue(connection: Connection & { readonly queueUrl: string }): Enqueue {
  const client = new SQSClient(clientOptions(connection));
  return async (message) => {
    await client.send(new SendMessageCommand({ QueueUrl: connection.queueUrl, MessageBody: JSON.stringify(message) }));
  };
}
