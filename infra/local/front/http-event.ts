import { isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { account } from "#infra/local/storage/host-client.ts";

/** Headers between two hops, and those that only a proxy in front may set: API Gateway does not pass a client's on. */
const dropped =
  /^(?:connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|proxy-.*|forwarded|x-forwarded-.*|cookie)$/;
const textual =
  /^(?:text\/|application\/(?:[a-z0-9.+-]+\+)?(?:json|xml)\b|application\/(?:javascript|x-www-form-urlencoded)\b)/i;

/** The event of an HTTP API (payload format 2.0) for a request. `body` is empty where the method has none. */
export function toHttpEvent(
  request: IncomingMessage,
  hostname: string,
  body: Buffer,
  now: Date,
): APIGatewayProxyEventV2 {
  const target = request.url ?? "/";
  const split = target.indexOf("?");
  const rawPath = split < 0 ? target : target.slice(0, split);
  const rawQueryString = split < 0 ? "" : target.slice(split + 1);
  const query = joinedQuery(rawQueryString);
  const cookies = (request.headers.cookie ?? "").split(/;\s*/).filter((cookie) => cookie !== "");
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers: headersOf(request),
    ...(query === undefined ? {} : { queryStringParameters: query }),
    requestContext: contextOf(request, hostname, rawPath, now),
    ...bodyOf(request, body),
  };
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (values && !dropped.test(name)) headers[name] = values.join(",");
  }
  headers["x-forwarded-for"] = sourceOf(request);
  headers["x-forwarded-proto"] = "http";
  headers["x-forwarded-port"] = String(request.socket.localPort);
  return headers;
}

function contextOf(
  request: IncomingMessage,
  hostname: string,
  path: string,
  now: Date,
): APIGatewayProxyEventV2["requestContext"] {
  return {
    accountId: account,
    apiId: "local",
    domainName: hostname,
    domainPrefix: hostname.split(".")[0] ?? hostname,
    http: {
      method: request.method ?? "GET",
      path,
      protocol: `HTTP/${request.httpVersion}`,
      sourceIp: sourceOf(request),
      userAgent: request.headers["user-agent"] ?? "",
    },
    requestId: randomUUID(),
    routeKey: "$default",
    stage: "$default",
    time: accessLogTime(now),
    timeEpoch: now.getTime(),
  };
}

function bodyOf(request: IncomingMessage, body: Buffer): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const text = textual.test(request.headers["content-type"] ?? "") && isUtf8(body);
  return { body: body.toString(text ? "utf8" : "base64"), isBase64Encoded: !text };
}

/** Several values of one name are joined by commas. */
function joinedQuery(query: string): Record<string, string> | undefined {
  if (query === "") return undefined;
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}

const sourceOf = (request: IncomingMessage): string => request.socket.remoteAddress ?? "127.0.0.1";

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `12/Mar/2020:19:03:58 +0000` */
function accessLogTime(now: Date): string {
  const [date = "", time = ""] = now.toISOString().split("T");
  const [year = "", month = "", day = ""] = date.split("-");
  return `${day}/${months[Number(month) - 1] ?? month}/${year}:${time.slice(0, 8)} +0000`;
}
