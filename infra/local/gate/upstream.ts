import {
  Agent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { request as httpsRequest, Agent as SecureAgent } from "node:https";

/** The stand-in behind a gate, over connections that are kept. */
export interface Upstream {
  /** Sends a request on and its answer back. `instead` may keep an answer back and write another; what it threw away is drained. */
  forward(outgoing: Outgoing, response: ServerResponse, instead?: (status: number) => boolean): void;
  close(): void;
}

interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Bytes, or the request that they are still coming in with. */
  readonly body: Buffer | IncomingMessage;
}

/** Headers that are between two neighbours (RFC 9110, section 7.6.1), and `expect`, which was answered here. */
const hopByHop = ["connection", "keep-alive", "proxy-connection", "te", "upgrade", "expect"];

/** `unreachable` writes the answer for a stand-in that does not answer. */
export function connectUpstream(endpoint: string, unreachable: (response: ServerResponse) => void): Upstream {
  const { protocol, hostname, port, host } = new URL(endpoint);
  const secure = protocol === "https:";
  const agent = secure ? new SecureAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  const open = secure ? httpsRequest : httpRequest;

  function forward(
    { method, path, headers, body }: Outgoing,
    response: ServerResponse,
    instead?: (status: number) => boolean,
  ) {
    const outgoing = open({ agent, hostname, port, method, path, headers: { ...endToEnd(headers), host } });
    outgoing.on("response", (answer) => {
      const status = answer.statusCode ?? 502;
      if (instead?.(status)) answer.resume();
      else relay(answer, status, response);
    });
    outgoing.on("error", () => {
      if (response.headersSent) response.destroy();
      else unreachable(response);
    });
    response.on("close", () => {
      if (!response.writableFinished) outgoing.destroy();
    });
    if (Buffer.isBuffer(body)) outgoing.end(body);
    else body.pipe(outgoing);
  }

  return { forward, close: () => agent.destroy() };
}

function relay(answer: IncomingMessage, status: number, response: ServerResponse): void {
  response.writeHead(status, endToEnd(answer.headers));
  answer.on("error", () => response.destroy());
  answer.pipe(response);
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const kept = { ...headers };
  for (const name of hopByHop) delete kept[name];
  return kept;
}
