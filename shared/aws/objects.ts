import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { type Connection, clientOptions } from "#shared/aws/connection.ts";
import type { Objects } from "#shared/store/objects.ts";

/** What fits into one part goes up in one request; S3 takes parts of 5 MiB and more. */
const partBytes = 8 * 1024 * 1024;

/** Objects over S3. */
export function connectObjects(connection: Connection): Objects {
  const client = new S3Client({
    ...clientOptions(connection),
    forcePathStyle: connection.endpoint !== undefined,
    // Bodies are authenticated ciphertext or checked against a digest; a second checksum of 40 MB costs time for nothing.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  return {
    async read(Bucket, Key) {
      try {
        const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return Body && (await collect(Body as AsyncIterable<Uint8Array>, ContentLength ?? 0));
      } catch (error) {
        // Without a right to list the bucket, S3 answers 403 for a key that is not there (GetObject, "Permissions").
        if (error instanceof Error && ["NoSuchKey", "AccessDenied"].includes(error.name)) return undefined;
        throw error;
      }
    },

    async readRange(Bucket, Key, from, to) {
      // HTTP has no form for an empty range (RFC 9110 section 14.1.1).
      if (from === to) return nothing();
      const { Body } = await client.send(
        new GetObjectCommand({ Bucket, Key, Range: `bytes=${String(from)}-${String(to - 1)}` }),
      );
      return Body as AsyncIterable<Uint8Array>;
    },

    async write(Bucket, Key, chunks) {
      const parts = inParts(chunks);
      const first = await parts.next();
      const second = first.done ? first : await parts.next();
      if (first.done || second.done) {
        await client.send(new PutObjectCommand({ Bucket, Key, Body: first.value ?? new Uint8Array(0) }));
        return;
      }
      await writeParts(client, Bucket, Key, [first.value, second.value], parts);
    },

    async remove(Bucket, Key) {
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },

    async *list(Bucket, Prefix) {
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
        for (const { Key, LastModified } of Contents) {
          if (Key !== undefined && LastModified !== undefined) yield { key: Key, storedAt: LastModified };
        }
      }
    },
  };
}

async function writeParts(
  client: S3Client,
  Bucket: string,
  Key: string,
  begun: readonly Uint8Array[],
  rest: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const done: { ETag: string | undefined; PartNumber: number }[] = [];
  const upload = async (Body: Uint8Array) => {
    const PartNumber = done.length + 1;
    const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
    done.push({ ETag, PartNumber });
  };
  try {
    for (const part of begun) await upload(part);
    for await (const part of rest) await upload(part);
    await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: done } }));
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    throw error;
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** Collects a body into one buffer that is allocated once. */
async function collect(body: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  const whole = Buffer.allocUnsafe(length);
  let at = 0;
  for await (const chunk of body) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  if (at !== length) throw new Error("A stored object ended early; it will be read again.");
  return whole;
}

/** Cuts any sequence of chunks into parts of exactly `partBytes`, the last one smaller. */
async function* inParts(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, undefined> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let rest = chunk;
    while (size + rest.length >= partBytes) {
      const cut = partBytes - size;
      yield Buffer.concat([...held, rest.subarray(0, cut)]);
      held = [];
      size = 0;
      rest = rest.subarray(cut);
    }
    if (rest.length > 0) held.push(rest);
    size += rest.length;
  }
  if (size > 0) yield Buffer.concat(held);
}
