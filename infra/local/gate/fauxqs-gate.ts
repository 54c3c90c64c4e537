import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { accessKeyOf } from "#infra/local/access-key.ts";
import { readBody } from "#infra/local/front/request-body.ts";
import { listenOnLoopback } from "#infra/local/listen.ts";
import type { BucketCall } from "./call.ts";
import { type Gate, gateOf } from "./gate.ts";
import { JsonError, sendJsonError } from "./json-error.ts";
import { sendObjectError } from "./object-error.ts";
import { type Buckets, readObjectRequest } from "./object-request.ts";
import { type Caller, type Principals, refusal, refusalOf, UnknownCaller } from "./principals.ts";
import { type Queues, readQueueCall } from "./queue-request.ts";
import { connectUpstream } from "./upstream.ts";

export interface FauxqsGateOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** The endpoint behind. */
  readonly upstream: string;
  readonly buckets: Buckets;
  readonly queues: Queues;
  readonly principals: Principals;
}

/** The most that SQS takes in one request is 1 MiB of messages; JSON may need several bytes for one of theirs. */
const mostQueueBytes = 8 * 1024 * 1024;

/**
 * The doors' way to S3 and SQS: refuses what `infra/rights.ts` does not grant to the key that signed. Objects stream through.
 * Presigned requests are refused.
 * @throws StartFailure for a taken port
 */
export async function startFauxqsGate(options: FauxqsGateOptions): Promise<Gate> {
  const upstream = connectUpstream(options.upstream, (response) =>
    sendObjectError(response, "InternalError", "The stand-in behind the gate does not answer.", 500),
  );
  const server = createServer({ keepAliveTimeout: 75_000, requestTimeout: 0 }, answer);
  // Whoever asks first whether to send a body hears a refusal before it does.
  server.on("checkContinue", answer);
  const port = await listenOnLoopback(server, options.port);
  return gateOf(server, port, upstream);

  function answer(request: IncomingMessage, response: ServerResponse): void {
    if (request.url === "/" && request.method === "POST") void answerQueue(request, response);
    else answerObject(request, response);
  }

  function answerObject(request: IncomingMessage, response: ServerResponse): void {
    try {
      const caller = options.principals.identify(accessKeyOf(request.headers));
      const { call, path } = admitObject(caller, request);
      if (request.headers.expect !== undefined) response.writeContinue();
      const instead = (status: number) => status === 404 && hideAbsence(caller, call, response);
      upstream.forward(
        { method: request.method ?? "", path, headers: request.headers, body: request },
        response,
        instead,
      );
    } catch (error) {
      refuseObject(response, error);
      request.resume();
    }
  }

  function admitObject(caller: Caller, request: IncomingMessage) {
    const { method = "", url = "", headers } = request;
    const asked = readObjectRequest({ method, url, headers }, options.buckets);
    if (!asked)
      throw new Refused(
        refusal(caller, `this S3 request (${method}); the gate knows the requests that rights are about`),
      );
    const refused = refusalOf(caller, asked.call);
    if (refused !== undefined) throw new Refused(refused);
    return asked;
  }

  async function answerQueue(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const caller = options.principals.identify(accessKeyOf(request.headers));
      const body = await readBody(request, mostQueueBytes);
      if (!body) throw new JsonError("RequestEntityTooLarge", "A request to a queue has at most 8 MB.", 413);
      admitQueue(caller, request, body);
      const headers = { ...request.headers, "content-type": "application/x-amz-json-1.0" };
      upstream.forward({ method: "POST", path: "/", headers, body }, response);
    } catch (error) {
      refuseQueue(response, error);
    }
  }

  function admitQueue(caller: Caller, { headers }: IncomingMessage, body: Buffer): void {
    const target = headers["x-amz-target"];
    const operation = typeof target === "string" ? target.replace(/^AmazonSQS\./, "") : "";
    const call = readQueueCall(operation, parse(body), options.queues);
    const refused = call
      ? refusalOf(caller, call)
      : refusal(caller, `sqs:${operation || "(no operation)"} on that queue`);
    if (refused !== undefined) throw new Refused(refused);
  }
}

/** The message says who may not do what. */
class Refused extends Error {
  override readonly name = "Refused";
}

/** As S3 does: that an object is not there is told only to who may list the bucket. */
function hideAbsence(caller: Caller, { action, bucket }: BucketCall, response: ServerResponse): boolean {
  if (action !== "s3:GetObject") return false;
  const refused = refusalOf(caller, { on: "bucket", action: "s3:ListBucket", bucket });
  if (refused === undefined) return false;
  sendObjectError(
    response,
    "AccessDenied",
    `There is no such object, which S3 tells only to who may list it. ${refused}`,
  );
  return true;
}

function refuseObject(response: ServerResponse, error: unknown): void {
  if (error instanceof Refused) sendObjectError(response, "AccessDenied", error.message);
  else if (error instanceof UnknownCaller) sendObjectError(response, "InvalidAccessKeyId", error.message);
  else sendObjectError(response, "InternalError", "The gate in front of S3 failed.", 500);
}

function refuseQueue(response: ServerResponse, thrown: unknown): void {
  const error = toJsonError(thrown);
  // SQS speaks JSON with the error codes of its older protocol in a header; the SDK takes the name from there.
  const code = error.type === "AccessDeniedException" ? { "x-amzn-query-error": "AccessDenied;Sender" } : {};
  sendJsonError(response, error, { ...code, ...(error.status === 413 && { connection: "close" }) });
}

function toJsonError(thrown: unknown): JsonError {
  if (thrown instanceof JsonError) return thrown;
  if (thrown instanceof Refused) return new JsonError("AccessDeniedException", thrown.message, 403);
  if (thrown instanceof UnknownCaller) return new JsonError("UnrecognizedClientException", thrown.message, 403);
  return new JsonError("InternalFailure", "The gate in front of SQS failed.", 500);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new JsonError("SerializationException", "The body is not JSON.");
  }
}
