import type { ServerResponse } from "node:http";

/** A problem document (RFC 9457) of the host itself: the type is about:blank, so the title is the status in words. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
}

/** Answers with a problem document. `close` ends the connection after it, where the rest of a request is not read. */
export function sendProblem(response: ServerResponse, problem: Problem, close = false): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, title, detail, retryAfterSeconds } = problem;
  const body = JSON.stringify({ type: "about:blank", title, status, detail });
  response.writeHead(status, {
    "content-type": "application/problem+json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
    ...(close ? { connection: "close" } : {}),
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
