import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import * as z from "zod";
import type { DoorAnswer } from "#infra/local/doors/door-sandbox.ts";
import { DoorFailure, type HttpAnswer, type ResponsePrelude } from "#infra/local/doors/lambda-shapes.ts";
import { type Problem, sendProblem } from "./problem.ts";

const httpAnswer = z.object({
  statusCode: z.int().min(100).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).optional(),
  cookies: z.array(z.string()).optional(),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().optional(),
});

/** Sends what a door answered, as an HTTP API would. */
export async function sendAnswer(response: ServerResponse, answer: DoorAnswer): Promise<void> {
  if (answer.kind === "stream") await sendStream(response, answer);
  else sendBuffered(response, toHttpAnswer(answer.value));
}

/** Sends what stands for a call that failed. */
export function sendFailure(response: ServerResponse, failure: DoorFailure): void {
  sendProblem(response, problems[failure.kind], failure.kind === "request-too-large");
}

const internal: Problem = {
  status: 502,
  title: "Bad Gateway",
  detail: "The service failed on this request. Its log says why; try again later.",
};
const busy = "The service is too busy. Try again in a moment.";
const problems: Readonly<Record<DoorFailure["kind"], Problem>> = {
  error: internal,
  crash: internal,
  "answer-too-large": internal,
  timeout: { status: 504, title: "Gateway Timeout", detail: "The service did not answer in time. Try again later." },
  throttled: { status: 503, title: "Service Unavailable", detail: busy, retryAfterSeconds: 1 },
  stopped: { status: 503, title: "Service Unavailable", detail: "The service is ending.", retryAfterSeconds: 5 },
  "request-too-large": {
    status: 413,
    title: "Content Too Large",
    detail: "A request may have 6 MB, bytes that are not text counted as base64. Send less.",
  },
};

/** What is no answer of the expected shape counts as the body of a 200. */
function toHttpAnswer(value: unknown): HttpAnswer {
  const { success, data } = httpAnswer.safeParse(value);
  if (success) return data as HttpAnswer;
  if (typeof value === "object" && value !== null && "statusCode" in value) {
    throw new DoorFailure("error", "the answer has not the shape of payload format 2.0");
  }
  const body = typeof value === "string" ? value : JSON.stringify(value);
  return { statusCode: 200, headers: { "content-type": "application/json" }, body };
}

function sendBuffered(response: ServerResponse, answer: HttpAnswer): void {
  const body = Buffer.from(answer.body ?? "", answer.isBase64Encoded ? "base64" : "utf8");
  writeHead(response, answer);
  if (hasNoBody(response)) {
    response.end();
    return;
  }
  response.setHeader("content-length", body.length);
  response.end(body);
}

async function sendStream(response: ServerResponse, answer: Extract<DoorAnswer, { kind: "stream" }>): Promise<void> {
  writeHead(response, answer.prelude);
  if (hasNoBody(response)) {
    answer.body.resume();
    response.end();
    return;
  }
  // Where either side breaks off, both are destroyed: the client sees a cut answer and not one that looks whole.
  await pipeline(answer.body, response).catch(() => undefined);
}

function writeHead(response: ServerResponse, { statusCode = 200, headers = {}, cookies = [] }: ResponsePrelude): void {
  response.statusCode = statusCode;
  for (const [name, value] of Object.entries(headers)) {
    if (!/^(?:connection|transfer-encoding|keep-alive)$/i.test(name)) response.setHeader(name, value);
  }
  if (cookies.length > 0) response.setHeader("set-cookie", [...cookies]);
}

function hasNoBody(response: ServerResponse): boolean {
  return response.req.method === "HEAD" || response.statusCode === 204 || response.statusCode === 304;
}
