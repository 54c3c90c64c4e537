import { describe, expect, it } from "vitest";
import { readObjectRequest } from "#infra/local/gate/object-request.ts";

const buckets = { raw: "raw-mail", sealed: "sealed-objects", ledger: "logs", releases: "releases", exports: "exports" };
const read = (method: string, url: string, headers: Record<string, string> = {}) =>
  readObjectRequest({ method, url, headers }, buckets);

describe("an S3 request", () => {
  it.each([
    ["GET", "/raw-mail/inbound/abc?x-id=GetObject", "s3:GetObject", "inbound/abc"],
    ["HEAD", "/raw-mail/inbound/abc", "s3:GetObject", "inbound/abc"],
    ["PUT", "/raw-mail/inbound/a%20b%2Bc?x-id=PutObject", "s3:PutObject", "inbound/a b+c"],
    ["POST", "/raw-mail/inbound/abc?uploads=", "s3:PutObject", "inbound/abc"],
    ["PUT", "/raw-mail/inbound/abc?partNumber=1&uploadId=u&x-id=UploadPart", "s3:PutObject", "inbound/abc"],
    ["POST", "/raw-mail/inbound/abc?uploadId=u&x-id=CompleteMultipartUpload", "s3:PutObject", "inbound/abc"],
    ["DELETE", "/raw-mail/inbound/abc?uploadId=u&x-id=AbortMultipartUpload", "s3:PutObject", "inbound/abc"],
    ["DELETE", "/raw-mail/inbound/abc?x-id=DeleteObject", "s3:DeleteObject", "inbound/abc"],
    ["GET", "/raw-mail?list-type=2&prefix=inbound%2F", "s3:ListBucket", "inbound/"],
    ["GET", "/raw-mail/?list-type=2&prefix=inbound%2F&max-keys=2", "s3:ListBucket", "inbound/"],
    ["GET", "/raw-mail/?list-type=2", "s3:ListBucket", undefined],
  ])("%s %s is %s", (method, url, action, name) => {
    const call = { on: "bucket", bucket: "raw", action, ...(name === undefined ? {} : { name }) };
    expect(read(method, url)?.call).toEqual(call);
  });

  it.each([
    ["GET", "/"],
    ["GET", "/other/inbound/abc"],
    ["GET", "/raw-mail%2Finbound/abc"],
    ["GET", "raw-mail/inbound/abc"],
    ["GET", "http://127.0.0.1/raw-mail/inbound/abc"],
    ["GET", "//raw-mail/inbound/abc"],
    ["GET", "/raw-mail/inbound/../private/abc"],
    ["GET", "/raw-mail/inbound/%2e%2e/private/abc"],
    ["GET", "/raw-mail/inbound%2F..%2Fprivate/abc"],
    ["GET", "/raw-mail/inbound/./abc"],
    ["GET", "/raw-mail/inbound//abc"],
    ["GET", "/raw-mail//inbound/abc"],
    ["GET", "/raw-mail/inbound/%E0%A4%A"],
    ["GET", "/raw-mail"],
    ["GET", "/raw-mail?prefix=inbound%2F"],
    ["GET", "/raw-mail?list-type=2&prefix=inbound%2F&prefix="],
    ["GET", "/raw-mail?list-type=2&versions&prefix=inbound%2F"],
    ["GET", "/raw-mail?uploads"],
    ["GET", "/raw-mail/inbound/abc?acl"],
    ["GET", "/raw-mail/inbound/abc?attributes"],
    ["GET", "/raw-mail/inbound/abc?versionId=1"],
    ["GET", "/raw-mail/inbound/abc?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=k"],
    ["PUT", "/raw-mail"],
    ["PUT", "/raw-mail/inbound/abc?renameObject"],
    ["PUT", "/raw-mail/inbound/abc?partNumber=1"],
    ["PUT", "/raw-mail/inbound/abc?tagging"],
    ["POST", "/raw-mail?delete"],
    ["POST", "/raw-mail/inbound/abc"],
    ["DELETE", "/raw-mail"],
    ["DELETE", "/raw-mail/inbound/abc?tagging"],
    ["PATCH", "/raw-mail/inbound/abc"],
  ])("%s %s is not one that a right is about", (method, url) => {
    expect(read(method, url)).toBeUndefined();
  });

  it.each(["x-amz-copy-source", "x-amz-acl", "x-amz-grant-read", "x-amz-tagging", "x-amz-rename-source"])(
    "with the header %s asks for more than a right gives",
    (header) => {
      expect(read("PUT", "/sealed-objects/a/b", { [header]: "/raw-mail/inbound/abc" })).toBeUndefined();
    },
  );

  it("is sent on as it was understood: decoded once and encoded again", () => {
    expect(read("GET", "/raw-mail/inbound%2Fa%2525b%3f%23?x-id=GetObject")).toMatchObject({
      call: { name: "inbound/a%25b?#" },
      path: "/raw-mail/inbound/a%2525b%3F%23",
    });
  });
});
