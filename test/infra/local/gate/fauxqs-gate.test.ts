import { request as httpRequest } from "node:http";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import {
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { QueueName } from "#infra/doors.ts";
import { bucketNames } from "#infra/local/storage/fauxqs.ts";
import {
  credentialsOf,
  doorKey,
  errorName,
  failure,
  type GatedObjects,
  gatedObjects,
  queueNames,
} from "./workbench.ts";

const { raw, sealed } = bucketNames;
const denied = "AccessDenied";
const mail = Buffer.from("From: a@example.org\r\n\r\nhello");
const mebibyte = 1024 * 1024;

let gated: GatedObjects;

beforeAll(async () => {
  gated = await gatedObjects();
  const host = gated.s3(credentialsOf("host"));
  for (const Key of ["inbound/one", "inbound/two", "private/three"]) {
    await host.send(new PutObjectCommand({ Bucket: raw, Key, Body: mail }));
  }
  for (const Key of ["acme/report/1", "acme-labs/report/1"]) {
    await host.send(new PutObjectCommand({ Bucket: sealed, Key, Body: Buffer.from(Key) }));
  }
});
afterAll(async () => await gated.close());

describe("a door at the buckets", () => {
  it("that takes mail in reads and deletes raw mail, and stores what is sealed", async () => {
    const intake = gated.s3(credentialsOf("inbound-mail"));
    const { Body } = await intake.send(new GetObjectCommand({ Bucket: raw, Key: "inbound/one" }));
    expect(await Body?.transformToString()).toBe(mail.toString());
    expect((await intake.send(new HeadObjectCommand({ Bucket: raw, Key: "inbound/one" }))).ContentLength).toBe(
      mail.length,
    );
    await intake.send(new DeleteObjectCommand({ Bucket: raw, Key: "inbound/one" }));
    await intake.send(new PutObjectCommand({ Bucket: sealed, Key: "acme/report/2", Body: mail }));
    const host = gated.s3(credentialsOf("host"));
    const listed = await host.send(new ListObjectsV2Command({ Bucket: raw, Prefix: "inbound/" }));
    expect(listed.Contents?.map(({ Key }) => Key)).toEqual(["inbound/two"]);
  });

  it("that takes mail in can't read what is sealed, write raw mail, or leave its prefix", async () => {
    const intake = gated.s3(credentialsOf("inbound-mail"));
    const attempts = [
      new GetObjectCommand({ Bucket: sealed, Key: "acme/report/1" }),
      new GetObjectCommand({ Bucket: raw, Key: "private/three" }),
      new PutObjectCommand({ Bucket: raw, Key: "inbound/four", Body: mail }),
      new DeleteObjectCommand({ Bucket: sealed, Key: "acme/report/1" }),
      new ListObjectsV2Command({ Bucket: raw, Prefix: "inbound/" }),
      new ListBucketsCommand({}),
      new CopyObjectCommand({ Bucket: sealed, Key: "acme/x", CopySource: `${raw}/private/three` }),
      new GetObjectAclCommand({ Bucket: raw, Key: "inbound/two" }),
      new DeleteObjectsCommand({ Bucket: raw, Delete: { Objects: [{ Key: "private/three" }] } }),
      new PutObjectCommand({ Bucket: sealed, Key: "acme/y", Body: mail, ACL: "public-read" }),
    ];
    for (const attempt of attempts) expect(await errorName(intake.send(attempt as GetObjectCommand))).toBe(denied);
    const head = await failure(intake.send(new HeadObjectCommand({ Bucket: sealed, Key: "acme/report/1" })));
    expect(head).toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  it("that sweeps mail lists its prefix and nothing else", async () => {
    const sweep = gated.s3(credentialsOf("mail-sweep"));
    const list = (Prefix?: string) =>
      new ListObjectsV2Command({ Bucket: raw, ...(Prefix !== undefined && { Prefix }) });
    expect((await sweep.send(list("inbound/"))).Contents?.map(({ Key }) => Key)).toContain("inbound/two");
    expect((await sweep.send(list("inbound/t"))).KeyCount).toBe(1);
    for (const prefix of [undefined, "", "inbound", "private/", "inbound/../private/", "/inbound/"]) {
      const name = await errorName(sweep.send(list(prefix)));
      // A prefix is no path: `..` in it is two dots, and matches nothing.
      if (prefix === "inbound/../private/") expect(name).toBeUndefined();
      else expect(name).toBe(denied);
    }
    expect(await errorName(sweep.send(new ListObjectsCommand({ Bucket: raw, Prefix: "inbound/" })))).toBe(denied);
    expect(await errorName(sweep.send(new GetObjectCommand({ Bucket: raw, Key: "inbound/two" })))).toBe(denied);
  });

  it("can't slip out of a prefix by the way a path is written", async () => {
    const authorization = `AWS4-HMAC-SHA256 Credential=${doorKey("inbound-mail")}/20261121/us-east-1/s3/aws4_request`;
    const paths = [
      `/${raw}/inbound/../private/three`,
      `/${raw}/inbound/%2e%2e/private/three`,
      `/${raw}/inbound%2F..%2Fprivate/three`,
      `/${raw}/inbound/..%2f..%2f${sealed}/acme/report/1`,
      `/${raw}/inbound/%252e%252e/private/three`,
      `/${raw}//private/three`,
      `//${raw}/private/three`,
      `/inbound/../${raw}/private/three`,
      `http://localhost/${raw}/private/three`,
      `/${raw}/inbound/two?prefix=&list-type=2`,
    ];
    for (const path of paths) expect([path, await rawStatus("GET", path, { authorization })]).toEqual([path, 403]);
    const virtual = { authorization, host: `${raw}.localhost` };
    expect(await rawStatus("GET", "/private/three", virtual)).toBe(403);
    expect(await rawStatus("GET", `/${raw}/inbound/two`, virtual)).toBe(200);
  });

  it("is told the truth about a missing object only if it may list the bucket, as on AWS", async () => {
    const missing = new GetObjectCommand({ Bucket: raw, Key: "inbound/gone" });
    expect(await errorName(gated.s3(credentialsOf("inbound-mail")).send(missing))).toBe(denied);
    expect(await errorName(gated.s3(credentialsOf("host")).send(missing))).toBe("NoSuchKey");
  });

  it("keeps keys with odd characters as they are", async () => {
    const Key = "acme/a%2e%2e b+c?d#e;f=ü";
    await gated.s3(credentialsOf("inbound-mail")).send(new PutObjectCommand({ Bucket: sealed, Key, Body: mail }));
    const staff = gated.s3(gated.people.as({ tenant: "acme" }));
    const { Body } = await staff.send(new GetObjectCommand({ Bucket: sealed, Key }));
    expect(await Body?.transformToString()).toBe(mail.toString());
    const host = gated.s3(credentialsOf("host"));
    const { Contents } = await host.send(new ListObjectsV2Command({ Bucket: sealed, Prefix: "acme/a" }));
    expect(Contents?.map((object) => object.Key)).toEqual([Key]);
  });

  it("stores 40 MB in parts, and reads them back in ranges", { timeout: 60_000 }, async () => {
    const intake = gated.s3(credentialsOf("inbound-mail"));
    const object = { Bucket: sealed, Key: "acme/large" };
    const { UploadId } = await intake.send(new CreateMultipartUploadCommand(object));
    const Parts: { ETag: string | undefined; PartNumber: number }[] = [];
    for (let PartNumber = 1; PartNumber <= 5; PartNumber++) {
      const Body = Buffer.alloc(8 * mebibyte, PartNumber);
      const { ETag } = await intake.send(new UploadPartCommand({ ...object, UploadId, PartNumber, Body }));
      Parts.push({ ETag, PartNumber });
    }
    await intake.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }));
    const staff = gated.s3(gated.people.as({ tenant: "acme" }));
    const Range = `bytes=${String(8 * mebibyte - 1)}-${String(8 * mebibyte)}`;
    const edge = await staff.send(new GetObjectCommand({ ...object, Range }));
    expect(await edge.Body?.transformToByteArray()).toEqual(new Uint8Array([1, 2]));
    const whole = await staff.send(new GetObjectCommand(object));
    expect((await whole.Body?.transformToByteArray())?.length).toBe(40 * mebibyte);
    const { UploadId: dropped } = await intake.send(new CreateMultipartUploadCommand(object));
    await intake.send(new AbortMultipartUploadCommand({ ...object, UploadId: dropped }));
  });

  it("hears a refusal before it sends a large body", async () => {
    const site = gated.s3(credentialsOf("trust-site"));
    const Body = Buffer.alloc(9 * mebibyte);
    expect(await errorName(site.send(new PutObjectCommand({ Bucket: sealed, Key: "acme/z", Body })))).toBe(denied);
  });
});

describe("the tenant role at the buckets", () => {
  it("reads its own tenant's objects, and not those of one whose slug begins alike", async () => {
    const staff = gated.s3(gated.people.as({ tenant: "acme" }));
    const read = (Key: string) => staff.send(new GetObjectCommand({ Bucket: sealed, Key }));
    expect(await (await read("acme/report/1")).Body?.transformToString()).toBe("acme/report/1");
    expect(await errorName(read("acme-labs/report/1"))).toBe(denied);
    expect(await errorName(staff.send(new GetObjectCommand({ Bucket: raw, Key: "acme/x" })))).toBe(denied);
    const untagged = gated.s3(gated.people.as({}));
    expect(await errorName(untagged.send(new GetObjectCommand({ Bucket: sealed, Key: "acme/report/1" })))).toBe(denied);
  });
});

describe("a door at the queues", () => {
  const QueueUrl = (queue: QueueName) => `${gated.url}/000000000000/${queueNames[queue]}`;
  const send = (QueueUrl: string) => new SendMessageCommand({ QueueUrl, MessageBody: "{}" });

  it("sends to its queue, one message or several, and to no other", async () => {
    const sweep = gated.sqs(credentialsOf("mail-sweep"));
    await sweep.send(send(QueueUrl("inbound")));
    const Entries = [{ Id: "1", MessageBody: "{}" }];
    await sweep.send(new SendMessageBatchCommand({ QueueUrl: QueueUrl("inbound"), Entries }));
    expect(await errorName(sweep.send(send(QueueUrl("outbox"))))).toBe(denied);
    const batch = new SendMessageBatchCommand({ QueueUrl: QueueUrl("outbox"), Entries });
    expect(await errorName(sweep.send(batch))).toBe(denied);
    expect(await errorName(gated.sqs(credentialsOf("inbound-mail")).send(send(QueueUrl("inbound"))))).toBe(denied);
  });

  it("can't name another queue behind its own", async () => {
    const sweep = gated.sqs(credentialsOf("mail-sweep"));
    const inbound = QueueUrl("inbound");
    const other = queueNames.outbox;
    for (const url of [
      `${inbound}?/${other}`,
      `${inbound}/${other}`,
      `${inbound}#/${other}`,
      `${gated.url}/${other}`,
    ]) {
      expect(await errorName(sweep.send(send(url)))).toBe(denied);
    }
  });

  it("can only send", async () => {
    const sweep = gated.sqs(credentialsOf("mail-sweep"));
    const commands = [
      new ReceiveMessageCommand({ QueueUrl: QueueUrl("inbound") }),
      new PurgeQueueCommand({ QueueUrl: QueueUrl("inbound") }),
      new GetQueueUrlCommand({ QueueName: queueNames.inbound }),
    ];
    for (const command of commands) expect(await errorName(sweep.send(command as PurgeQueueCommand))).toBe(denied);
  });

  it("can't reach a topic, which lives behind the same port", async () => {
    const authorization = `AWS4-HMAC-SHA256 Credential=${doorKey("mail-sweep")}/20261121/us-east-1/sns/aws4_request`;
    const headers = { authorization, "content-type": "application/x-www-form-urlencoded" };
    const body = "Action=Publish&Message=x&TopicArn=arn:aws:sns:us-east-1:000000000000:candor-inbound";
    expect((await fetch(gated.url, { method: "POST", headers, body })).status).toBe(400);
    const disguised = { ...headers, "x-amz-target": "AmazonSQS.SendMessage" };
    expect((await fetch(gated.url, { method: "POST", headers: disguised, body })).status).toBe(400);
  });
});

describe("a caller at the buckets and queues", () => {
  it("with a key that nobody has is not recognised", async () => {
    const nobody = { accessKeyId: "AKIANOBODY", secretAccessKey: "x" };
    const get = new GetObjectCommand({ Bucket: raw, Key: "inbound/two" });
    expect(await errorName(gated.s3(nobody).send(get))).toBe("InvalidAccessKeyId");
    const QueueUrl = `${gated.url}/000000000000/${queueNames.inbound}`;
    const send = new SendMessageCommand({ QueueUrl, MessageBody: "x" });
    expect(await errorName(gated.sqs(nobody).send(send))).toBe("UnrecognizedClientException");
    expect(await rawStatus("GET", `/${raw}/inbound/two`, {})).toBe(403);
    expect(await rawStatus("GET", `/${raw}/inbound/two?X-Amz-Credential=${doorKey("inbound-mail")}`, {})).toBe(403);
  });
});

/** Sends a path exactly as it is written; clients that know URLs would tidy it first. */
function rawStatus(method: string, path: string, headers: Record<string, string>): Promise<number | undefined> {
  const { hostname, port } = new URL(gated.url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    request.on("error", reject).end();
  });
}
