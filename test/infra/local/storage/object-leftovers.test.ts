import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { bucketNames, startFauxqsWorker } from "#infra/local/storage/fauxqs.ts";
import { hostClient } from "#infra/local/storage/host-client.ts";
import { temporaryFolder } from "#test/infra/local/temporary-folder.ts";

const Bucket = bucketNames.raw;

/** Runs something against the local S3 over these folders, and ends it. */
async function withObjects<Answer>(home: string, use: (s3: S3Client) => Promise<Answer>): Promise<Answer> {
  const fauxqs = await startFauxqsWorker({ queues: join(home, "queues"), objects: join(home, "objects") });
  const s3 = new S3Client({ ...hostClient(fauxqs.endpoint), forcePathStyle: true });
  try {
    return await use(s3);
  } finally {
    s3.destroy();
    await fauxqs.stop();
  }
}

async function homeWithObjects(...keys: readonly string[]): Promise<{ home: string; folder: string }> {
  const home = temporaryFolder();
  for (const name of ["queues", "objects"]) mkdirSync(join(home, name));
  await withObjects(home, async (s3) => {
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: `body of ${Key}` }));
  });
  return { home, folder: join(home, "objects", "buckets", Bucket, "objects", "inbound") };
}

const listed = (home: string): Promise<string[]> =>
  withObjects(home, async (s3) => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    return Contents.map(({ Key = "" }) => Key);
  });

describe("what a killed host left in the local S3", () => {
  it("an object whose bytes are gone is not listed any more", async () => {
    const { home, folder } = await homeWithObjects("inbound/kept", "inbound/half");
    rmSync(join(folder, "half.data"));
    expect(await listed(home)).toEqual(["inbound/kept"]);
  });

  it("bytes that never became an object are removed", async () => {
    const { home, folder } = await homeWithObjects("inbound/kept");
    writeFileSync(join(folder, "half.data"), "a mail in clear");
    expect(await listed(home)).toEqual(["inbound/kept"]);
    expect(readdirSync(folder).sort()).toEqual(["kept.data", "kept.meta.json"]);
  });

  it("an empty description does not stop the start", async () => {
    const { home, folder } = await homeWithObjects("inbound/kept", "inbound/half");
    writeFileSync(join(folder, "half.meta.json"), "");
    expect(await listed(home)).toEqual(["inbound/kept"]);
  });

  it("an upload in parts that nobody finished is removed", async () => {
    const { home } = await homeWithObjects();
    await withObjects(home, async (s3) => {
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "inbound/large" }));
      await s3.send(
        new UploadPartCommand({ Bucket, Key: "inbound/large", UploadId, PartNumber: 1, Body: "a mail in clear" }),
      );
    });
    const parts = join(home, "objects", "_multipart");
    expect(readdirSync(parts)).toHaveLength(1);
    await listed(home);
    expect(existsSync(parts) ? readdirSync(parts) : []).toEqual([]);
  });

  it("whole objects keep their bytes, however their keys end", async () => {
    const { home } = await homeWithObjects("inbound/a.data", "inbound/b.meta.json");
    const bodies = await withObjects(home, (s3) =>
      Promise.all(
        ["inbound/a.data", "inbound/b.meta.json"].map(async (Key) => {
          const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
          return Body?.transformToString();
        }),
      ),
    );
    expect(bodies).toEqual(["body of inbound/a.data", "body of inbound/b.meta.json"]);
  });
});
