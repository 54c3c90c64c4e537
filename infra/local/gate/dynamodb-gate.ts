import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AccessKey, accessKeyOf } from "#infra/local/access-key.ts";
import { readBody } from "#infra/local/front/request-body.ts";
import { listenOnLoopback } from "#infra/local/listen.ts";
import type { TableCall } from "./call.ts";
import { errorOf, type Fault, type TableRequest } from "./fault.ts";
import { type Gate, gateOf } from "./gate.ts";
import { JsonError, sendJsonError } from "./json-error.ts";
import { type Caller, type Principals, refusal, refusalOf, UnknownCaller } from "./principals.ts";
import { readTableCalls, Unreadable } from "./table-call.ts";
import { connectUpstream } from "./upstream.ts";

export interface DynamodbGateOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** The endpoint behind. */
  readonly upstream: string;
  readonly table: string;
  readonly principals: Principals;
  /** Asked for each request that passed; for tests. */
  readonly fault?: (request: TableRequest) => Fault | undefined;
}

/** The most that DynamoDB takes in one request (a batch of writes). */
const mostBodyBytes = 16 * 1024 * 1024;

/**
 * The doors' way to the table: refuses what `infra/rights.ts` does not grant to the key that signed, and passes the rest on,
 * body unchanged. The endpoint behind sees one access key for all: some keep a table for each.
 * @throws StartFailure for a taken port
 */
export async function startDynamodbGate(options: DynamodbGateOptions): Promise<Gate> {
  const upstream = connectUpstream(options.upstream, (response) =>
    sendJsonError(response, new JsonError("InternalServerError", "The table behind the gate does not answer.", 500)),
  );
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => void answer(request, response));
  const port = await listenOnLoopback(server, options.port);
  return gateOf(server, port, upstream);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await readBody(request, mostBodyBytes);
      if (!body) throw new JsonError("RequestEntityTooLarge", "A request has at most 16 MB.", 413);
      const key = accessKeyOf(request.headers);
      const admitted = admit(request, options.principals.identify(key), body);
      await failWhereAsked(admitted);
      const headers = { ...request.headers, authorization: signedByHost(request, key) };
      upstream.forward({ method: "POST", path: "/", headers, body }, response);
    } catch (thrown) {
      const error = toJsonError(thrown);
      sendJsonError(response, error, error.status === 413 ? { connection: "close" } : {});
    }
  }

  /** Throws where any part of the request is not granted: a transaction is refused as a whole. */
  function admit(request: IncomingMessage, caller: Caller, body: Buffer): TableRequest {
    const operation = operationOf(request);
    const calls = readCalls(caller, operation, body);
    if (calls.length === 0) throw accessDenied(refusal(caller, `dynamodb:${operation} on nothing`));
    for (const call of calls) {
      const refused = refusalOf(caller, call);
      if (refused !== undefined) throw accessDenied(refused);
    }
    return { principal: caller.principal, operation, calls };
  }

  function readCalls(caller: Caller, operation: string, body: Buffer): readonly TableCall[] {
    try {
      return readTableCalls(operation, parse(body), options.table);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      throw accessDenied(refusal(caller, `dynamodb:${operation} as it is written: ${error.message}`));
    }
  }

  async function failWhereAsked(request: TableRequest): Promise<void> {
    const fault = options.fault?.(request);
    if (fault?.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    if (fault?.name !== undefined) throw errorOf(fault.name, request);
  }

  function signedByHost({ headers }: IncomingMessage, key: AccessKey | undefined): string {
    const theirs = `Credential=${key?.accessKeyId ?? ""}/`;
    return (headers.authorization ?? "").replace(theirs, () => `Credential=${options.principals.hostKey}/`);
  }
}

function operationOf(request: IncomingMessage): string {
  const target = request.headers["x-amz-target"];
  const operation = typeof target === "string" ? /^DynamoDB_20120810\.([A-Za-z]{1,64})$/.exec(target)?.[1] : undefined;
  if (request.method === "POST" && request.url === "/" && operation !== undefined) return operation;
  throw new JsonError("UnknownOperationException", "The gate takes POST / with an x-amz-target of DynamoDB_20120810.");
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new JsonError("SerializationException", "The body is not JSON.");
  }
}

const accessDenied = (message: string) => new JsonError("AccessDeniedException", message);

function toJsonError(thrown: unknown): JsonError {
  if (thrown instanceof JsonError) return thrown;
  if (thrown instanceof UnknownCaller) return new JsonError("UnrecognizedClientException", thrown.message);
  return new JsonError("InternalServerError", "The gate in front of the table failed.", 500);
}
