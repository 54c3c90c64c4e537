import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { sendProblem } from "./problem.ts";
import { BodyTooLarge, readRequestBytes } from "./request-bytes.ts";

/** An application in the style of fetch: Hono's. */
export interface FetchApp {
  fetch(request: Request): Response | Promise<Response>;
}

const bodyLimit = 1024 * 1024;

/** Lets one of the host's own pages answer a request: they are no doors, and run in the host. */
export async function serveApp(app: FetchApp, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await sendResponse(response, await app.fetch(await toRequest(request)));
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error;
    sendProblem(response, { status: 413, title: "Content Too Large", detail: "Send at most 1 MiB." }, true);
  }
}

async function toRequest(request: IncomingMessage): Promise<Request> {
  const headers = new Headers();
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const method = request.method ?? "GET";
  const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "localhost"}`);
  if (method === "GET" || method === "HEAD") return new Request(url, { method, headers });
  const body = new Uint8Array(await readRequestBytes(request, bodyLimit));
  return new Request(url, { method, headers, body });
}

async function sendResponse(response: ServerResponse, answer: Response): Promise<void> {
  response.statusCode = answer.status;
  answer.headers.forEach((value, name) => {
    if (name !== "set-cookie") response.setHeader(name, value);
  });
  const cookies = answer.headers.getSetCookie();
  if (cookies.length > 0) response.setHeader("set-cookie", cookies);
  if (answer.body === null || response.req.method === "HEAD") {
    await answer.body?.cancel();
    response.end();
    return;
  }
  await pipeline(Readable.fromWeb(answer.body as ReadableStream), response).catch(() => undefined);
}
