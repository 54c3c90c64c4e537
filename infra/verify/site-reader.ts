import { type IncomingMessage, type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { Trouble } from "#shared/verify/finding.ts";
import type { Answer, ReadPath } from "#shared/verify/published.ts";

export interface ReaderOptions {
  /** From the first byte sent to the last one read, of one request. */
  readonly timeoutMs: number;
}

const mostHeaderBytes = 16_384;

/**
 * Reads paths of one site and of no other: a redirect is an answer, not a way. Names under `localhost` are this machine, whatever
 * its resolver says (RFC 6761 §6.3).
 */
export function siteReader(site: URL, { timeoutMs }: ReaderOptions): ReadPath {
  return async (path, limit) => {
    const url = new URL(path, site);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const fail = (cause: unknown) => reject(unreachable(url, cause, timeoutMs));
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const sent = send(url, { ...optionsFor(url), signal: AbortSignal.timeout(timeoutMs) });
    sent.on("error", fail);
    sent.on("response", (response) => void readAnswer(response, url, limit).then(resolve, fail));
    sent.end();
    return await promise;
  };
}

function optionsFor(url: URL): RequestOptions {
  const local = url.hostname === "localhost" || url.hostname.endsWith(".localhost");
  return {
    ...(local ? { hostname: "127.0.0.1", servername: url.hostname } : {}),
    headers: { host: url.host, "accept-encoding": "identity", "user-agent": "candor-verify" },
    maxHeaderSize: mostHeaderBytes,
  };
}

async function readAnswer(response: IncomingMessage, url: URL, limit: number): Promise<Answer> {
  const { statusCode: status = 0, headers } = response;
  if (status === 200 && (headers["content-encoding"] ?? "identity") === "identity")
    return await readBody(response, limit);
  response.destroy();
  if (status >= 300 && status < 400) return { kind: "redirected", to: (headers.location ?? "nowhere").slice(0, 200) };
  if (status === 404 || status === 410) return { kind: "absent" };
  throw new Trouble(
    `${url.href} answered ${status}${status === 200 ? " in an encoding not asked for" : ""}. Try again later.`,
  );
}

async function readBody(response: IncomingMessage, limit: number): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > limit) {
      response.destroy();
      return { kind: "too-long", limit };
    }
    chunks.push(chunk);
  }
  return { kind: "found", bytes: Buffer.concat(chunks) };
}

function unreachable(url: URL, cause: unknown, timeoutMs: number): Error {
  if (cause instanceof Trouble) return cause;
  const slow = cause instanceof Error && (cause.name === "AbortError" || cause.name === "TimeoutError");
  const reason = slow ? `no whole answer within ${timeoutMs} ms` : String((cause as { code?: unknown }).code ?? cause);
  return new Trouble(`${url.href} can't be read: ${reason}. Check the address and the network, then run it again.`, {
    cause,
  });
}
