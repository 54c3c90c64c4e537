/** Lambda's limits and the shapes that the host fills in for it. */

/** Bytes of JSON of a synchronous request, and of a buffered answer. */
export const payloadLimit = 6 * 1024 * 1024;

/** What `awslambda.HttpResponseStream.from` takes. */
export interface ResponsePrelude {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
}

/** What a handler behind an HTTP API answers (payload format 2.0). */
export interface HttpAnswer extends ResponsePrelude {
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** How a call of a door ended when it did not end well. */
export class DoorFailure extends Error {
  override readonly name = "DoorFailure";
  readonly kind: "error" | "timeout" | "crash" | "request-too-large" | "answer-too-large" | "throttled" | "stopped";
  constructor(kind: DoorFailure["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}
