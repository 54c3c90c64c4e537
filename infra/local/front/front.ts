import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { DoorRuntime } from "#infra/local/doors/door-runtime.ts";
import { DoorFailure, payloadLimit } from "#infra/local/doors/lambda-shapes.ts";
import type { Clock } from "#infra/local/home/clock.ts";
import { listenOnLoopback } from "#infra/local/listen.ts";
import { sendAnswer, sendFailure } from "./http-answer.ts";
import { toHttpEvent } from "./http-event.ts";
import { type Problem, sendProblem } from "./problem.ts";
import { BodyTooLarge, readRequestBytes } from "./request-bytes.ts";

/** What stands behind a host name. */
export type Site =
  | { readonly kind: "door"; readonly door: string }
  | { readonly kind: "page"; serve(request: IncomingMessage, response: ServerResponse): Promise<void> };

/** Finds the site of a host name (lower case, without port) and a path, as it stands in the request line. */
export type SiteOf = (hostname: string, path: string, method: string) => Site | undefined;

export interface Front {
  readonly port: number;
  /** From here on requests are answered; before they get 503. */
  open(siteOf: SiteOf, runtime: DoorRuntime): void;
  /** Stops taking connections, waits for what runs up to `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Starts the HTTP server, which decides by the `Host` header alone who answers. */
export async function startFront(options: { readonly port: number; readonly clock: Clock }): Promise<Front> {
  let answer = (_request: IncomingMessage, response: ServerResponse): Promise<void> => {
    sendProblem(response, starting);
    return Promise.resolve();
  };
  const server = createServer(
    // A client that sends nothing, or a byte at a time, holds a connection no longer than this.
    { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 30_000, connectionsCheckingInterval: 2_000 },
    (request, response) => {
      answer(request, response).catch((error: unknown) => fail(response, error));
    },
  );
  const port = await listenOnLoopback(server, options.port, "CANDOR_PORT");
  return {
    port,
    open(siteOf, runtime) {
      answer = (request, response) => route(request, response, siteOf, runtime, options.clock, port);
    },
    close: (graceMs) => close(server, graceMs),
  };
}

const starting: Problem = {
  status: 503,
  title: "Service Unavailable",
  detail: "Candor is starting. Try again in a few seconds.",
  retryAfterSeconds: 2,
};

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  siteOf: SiteOf,
  runtime: DoorRuntime,
  clock: Clock,
  port: number,
): Promise<void> {
  const hostname = hostnameOf(request);
  if (hostname === undefined || !request.url?.startsWith("/")) {
    sendProblem(response, { status: 400, title: "Bad Request", detail: "The request names no host or no path." }, true);
    return;
  }
  const site = siteOf(hostname, request.url.replace(/\?.*$/s, ""), request.method ?? "GET");
  if (!site) {
    const detail = `Nothing here is called ${hostname}. Open http://localhost:${String(port)}/ for the names there are.`;
    sendProblem(response, { status: 421, title: "Misdirected Request", detail }, request.method !== "GET");
    return;
  }
  if (site.kind === "page") await site.serve(request, response);
  else await callDoor(request, response, site.door, hostname, runtime, clock);
}

async function callDoor(
  request: IncomingMessage,
  response: ServerResponse,
  door: string,
  hostname: string,
  runtime: DoorRuntime,
  clock: Clock,
): Promise<void> {
  const bodyless = request.method === "GET" || request.method === "HEAD";
  if (bodyless) request.resume();
  const body = bodyless ? Buffer.alloc(0) : await readRequestBytes(request, payloadLimit);
  const answer = await runtime.invoke(door, toHttpEvent(request, hostname, body, clock.now()));
  await sendAnswer(response, answer);
}

/** The host name that a request is for, in lower case and without its port. */
function hostnameOf(request: IncomingMessage): string | undefined {
  const host = request.headersDistinct["host"];
  if (host?.length !== 1) return undefined;
  return /^([a-z0-9_.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i
    .exec(host[0] ?? "")?.[1]
    ?.toLowerCase()
    .replace(/\.$/, "");
}

function fail(response: ServerResponse, error: unknown): void {
  if (error instanceof DoorFailure) sendFailure(response, error);
  else if (error instanceof BodyTooLarge)
    sendFailure(response, new DoorFailure("request-too-large", "body over the limit"));
  else {
    if (!response.destroyed)
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    sendProblem(response, {
      status: 500,
      title: "Internal Server Error",
      detail: "The host failed; its output says why.",
    });
  }
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const forced = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(forced);
}
