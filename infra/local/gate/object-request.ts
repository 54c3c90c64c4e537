import type { IncomingHttpHeaders } from "node:http";
import type { BucketName } from "#infra/rights.ts";
import type { BucketCall } from "./call.ts";

/** An S3 request as the gate understood it, and the path that says exactly that, to send on. */
export interface ObjectRequest {
  readonly call: BucketCall;
  readonly path: string;
}

interface Form {
  readonly method: string;
  readonly action: string;
  /** Whether it is about an object, or about the bucket. */
  readonly object: boolean;
  /** Query parameters that make it this request and no other. */
  readonly needs: readonly string[];
  readonly may?: readonly string[];
}

/** The requests that a door can have a right to; a query parameter that is not named here makes another request of it. */
const forms: readonly Form[] = [
  { method: "GET", action: "s3:GetObject", object: true, needs: [] },
  { method: "HEAD", action: "s3:GetObject", object: true, needs: [] },
  { method: "PUT", action: "s3:PutObject", object: true, needs: [] },
  { method: "PUT", action: "s3:PutObject", object: true, needs: ["partNumber", "uploadId"] },
  { method: "POST", action: "s3:PutObject", object: true, needs: ["uploads"] },
  { method: "POST", action: "s3:PutObject", object: true, needs: ["uploadId"] },
  { method: "DELETE", action: "s3:DeleteObject", object: true, needs: [] },
  // AbortMultipartUpload, which on AWS is an action of its own: whoever may put gets it too.
  { method: "DELETE", action: "s3:PutObject", object: true, needs: ["uploadId"] },
  {
    method: "GET",
    action: "s3:ListBucket",
    object: false,
    needs: ["list-type"],
    may: ["prefix", "delimiter", "max-keys", "continuation-token", "start-after", "encoding-type", "fetch-owner"],
  },
];

/** Headers that ask for more than the action itself: a copy reads another object, the others are rights of their own. */
const furtherRights = /^x-amz-(?:copy-source|acl|grant-|tagging|object-lock-|website-|bypass-|mfa|rename-source)/;

/** Names of buckets to what rights call them. */
export type Buckets = Readonly<Record<BucketName, string>>;

/**
 * Reads a path-style request (`/bucket/key`). Undefined for what no right is about: other operations, presigned requests, and
 * keys that a file system behind could read differently (`..`, empty segments).
 */
export function readObjectRequest(
  request: { readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders },
  buckets: Buckets,
): ObjectRequest | undefined {
  const target = readTarget(request.url);
  if (!target || Object.keys(request.headers).some((name) => furtherRights.test(name))) return undefined;
  const bucket = bucketOf(target.bucket, buckets);
  const form = forms.find((candidate) => fits(candidate, request.method, target));
  if (!bucket || !form) return undefined;
  return {
    call: { on: "bucket", action: form.action, bucket, ...nameOf(form, target) },
    path: pathOf(target),
  };
}

interface Target {
  readonly bucket: string;
  /** Decoded once; empty where the request is about the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
}

function readTarget(url: string): Target | undefined {
  const [, bucket, rest = "", query = ""] = /^\/([^/?#]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(url) ?? [];
  const key = decode(rest);
  if (bucket === undefined || key === undefined || !isPlain(key)) return undefined;
  const parameters = new URLSearchParams(query);
  parameters.delete("x-id");
  return new Set(parameters.keys()).size === parameters.size ? { bucket, key, query: parameters } : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const isPlain = (key: string): boolean => key === "" || key.split("/").every((part) => !["", ".", ".."].includes(part));

function bucketOf(name: string, buckets: Buckets): BucketName | undefined {
  return (Object.keys(buckets) as BucketName[]).find((bucket) => buckets[bucket] === name);
}

function fits({ method, object, needs, may = [] }: Form, asked: string, { key, query }: Target): boolean {
  if (method !== asked || object !== (key !== "")) return false;
  const names = [...query.keys()];
  return (
    needs.every((name) => names.includes(name)) && names.every((name) => needs.includes(name) || may.includes(name))
  );
}

function nameOf(form: Form, { key, query }: Target): { name?: string } {
  if (form.object) return { name: key };
  const prefix = query.get("prefix");
  return prefix === null ? {} : { name: prefix };
}

function pathOf({ bucket, key, query }: Target): string {
  const path = `/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
