import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it, onTestFinished } from "vitest";
import { listenOnLoopback } from "#infra/local/listen.ts";
import { queueUrl, startFauxqsWorker } from "#infra/local/storage/fauxqs.ts";
import { hostClient } from "#infra/local/storage/host-client.ts";
import { openTopicPublisher } from "#infra/local/storage/topic-publisher.ts";
import { temporaryFolder } from "#test/infra/local/temporary-folder.ts";

async function topics() {
  const folder = temporaryFolder();
  const fauxqs = await startFauxqsWorker({ queues: join(folder, "queues"), objects: join(folder, "objects") });
  const publisher = openTopicPublisher(fauxqs.endpoint);
  const client = new SQSClient(hostClient(fauxqs.endpoint));
  onTestFinished(async () => {
    publisher.close();
    client.destroy();
    await fauxqs.stop();
  });
  const command = { QueueUrl: queueUrl(fauxqs.endpoint, "inbound"), MaxNumberOfMessages: 10 };
  return {
    publisher,
    fauxqs,
    async received(): Promise<string[]> {
      const bodies: string[] = [];
      for (;;) {
        const { Messages = [] } = await client.send(new ReceiveMessageCommand(command));
        if (Messages.length === 0) return bodies;
        bodies.push(...Messages.map(({ Body = "" }) => Body));
      }
    },
  };
}

/** Answers PublishBatch for every message, and keeps the messages of each request. */
async function recordingTopic(requests: string[][]): Promise<string> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const form = new URLSearchParams(body);
      const positions = [...form.keys()].flatMap((name) => /member\.(\d+)\.Message$/.exec(name)?.[1] ?? []);
      requests.push(positions.map((at) => form.get(`PublishBatchRequestEntries.member.${at}.Message`) ?? ""));
      response.end("<PublishBatchResponse><PublishBatchResult><Failed/></PublishBatchResult></PublishBatchResponse>");
    });
  });
  const port = await listenOnLoopback(server, 0);
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${String(port)}`;
}

describe("messages to a topic", () => {
  it("that are published at the same time all arrive, each once", async () => {
    const { publisher, received } = await topics();
    const messages = Array.from({ length: 25 }, (_, i) => `message ${String(i)}`);
    await Promise.all(messages.map((message) => publisher.publish("inbound", message)));
    expect((await received()).sort()).toEqual([...messages].sort());
  });

  it("go out in requests of at most 256 KiB and ten messages, in their order", async () => {
    const requests: string[][] = [];
    const endpoint = await recordingTopic(requests);
    const publisher = openTopicPublisher(endpoint);
    onTestFinished(() => publisher.close());
    const messages = [..."abcdefghijklmnopqrst"].map((letter, i) => letter.repeat(i < 5 ? 100_000 : 10));
    await Promise.all(messages.map((message) => publisher.publish("inbound", message)));
    expect(requests.flat()).toEqual(messages);
    for (const request of requests) {
      expect(request.length).toBeLessThanOrEqual(10);
      // SNS developer guide, "Message batching actions": the sum of all messages of a batch.
      expect(request.join("").length).toBeLessThanOrEqual(262_144);
    }
  });

  it("fail where the topic does not answer, and later ones are tried anew", async () => {
    const { publisher, fauxqs } = await topics();
    await fauxqs.stop();
    await expect(publisher.publish("inbound", "lost")).rejects.toThrow();
    await expect(publisher.publish("inbound", "lost too")).rejects.toThrow();
  }, 30_000);
});
