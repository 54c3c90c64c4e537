import { randomBytes } from "node:crypto";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { readHeaderSection } from "#infra/local/ses/header-section.ts";
import { storedHead } from "#infra/local/ses/inbound-message.ts";
import { inboundNotification } from "#infra/local/ses/inbound-notification.ts";
import { readVerdicts } from "#infra/local/ses/inbound-verdicts.ts";
import { topicArn } from "#infra/local/storage/fauxqs.ts";
import { hostClient } from "#infra/local/storage/host-client.ts";
import { openObjectWriter } from "#infra/local/storage/object-writer.ts";
import { SesReceipt } from "#shared/mail/ses-receipt.ts";
import { bucketNames, region, type Stage } from "./stage.ts";

/** How a mail came over SMTP. */
export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

/** Stores a mail as SES does, and returns the notice of it as the door parses it. */
export async function arrive(stage: Stage, raw: Buffer, { from, to }: Envelope): Promise<SesReceipt> {
  const arrival = {
    messageId: randomBytes(20).toString("hex"),
    ...{ sender: from, recipients: to, helo: "mx.lab.example", ip: "192.0.2.7", at: stage.clock.now(), region },
  };
  const section = readHeaderSection(raw);
  const verdicts = readVerdicts(section);
  const head = storedHead(raw, section, arrival, verdicts);
  const objectKey = `inbound/${arrival.messageId}`;
  const writer = openObjectWriter(stage.behind.fauxqs.endpoint, bucketNames.raw);
  await writer.put(objectKey, Buffer.concat([head, raw.subarray(section.bodyStart)]));
  writer.close();
  const place = { bucketName: bucketNames.raw, objectKeyPrefix: "inbound/", objectKey };
  const action = { type: "S3" as const, topicArn: topicArn("inbound"), ...place };
  const notice = inboundNotification(arrival, verdicts, readHeaderSection(head), { action, processingTimeMillis: 5 });
  return SesReceipt.parse(JSON.parse(JSON.stringify(notice)));
}

/** Names of the objects in a bucket, past the gate. */
export async function objectsIn(stage: Stage, bucket: keyof typeof bucketNames, prefix: string): Promise<string[]> {
  const client = new S3Client({ ...hostClient(stage.behind.fauxqs.endpoint), forcePathStyle: true });
  const { Contents = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: bucketNames[bucket], Prefix: prefix }),
  );
  client.destroy();
  return Contents.flatMap(({ Key }) => Key ?? []);
}
