import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { hostClient } from "./host-client.ts";

/** fauxqs takes at most 11 MiB in one request; what is larger goes in parts. */
const partBytes = 8 * 1024 * 1024;

export interface ObjectWriter {
  put(key: string, bytes: Uint8Array): Promise<void>;
  close(): void;
}

/** Writes objects of any size into one bucket of the local S3. */
export function openObjectWriter(endpoint: string, bucket: string): ObjectWriter {
  const client = new S3Client({ ...hostClient(endpoint), forcePathStyle: true });
  return {
    async put(key, bytes) {
      if (bytes.byteLength > partBytes) return putInParts(client, { Bucket: bucket, Key: key }, bytes);
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }));
    },
    close: () => client.destroy(),
  };
}

async function putInParts(client: S3Client, target: { Bucket: string; Key: string }, bytes: Uint8Array): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  try {
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (let start = 0; start < bytes.byteLength; start += partBytes) {
      const PartNumber = Parts.length + 1;
      const Body = bytes.subarray(start, start + partBytes);
      const { ETag } = await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body }));
      Parts.push({ PartNumber, ETag });
    }
    await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => undefined);
    throw error;
  }
}
