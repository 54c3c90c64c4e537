import type { OutgoingHttpHeaders, ServerResponse } from "node:http";

/** An answer other than 200 of a service that speaks AWS JSON. */
export class JsonError extends Error {
  override readonly name = "JsonError";
  /** The error's name on the wire. */
  readonly type: string;
  readonly status: number;
  /** Further members of the body. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(type: string, message: string, status = 400, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.type = type;
    this.status = status;
    this.details = details;
  }
}

export function sendJsonError(
  response: ServerResponse,
  { type, message, status, details }: JsonError,
  headers: OutgoingHttpHeaders = {},
): void {
  const body = JSON.stringify({ __type: `com.amazon.coral.service#${type}`, Message: message, message, ...details });
  const length = Buffer.byteLength(body);
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0", "content-length": length, ...headers });
  response.end(body);
}
