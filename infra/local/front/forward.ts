import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { sendProblem } from "./problem.ts";

const agent = new Agent({ keepAlive: true });

/** Passes a request on to a port of this machine, `Host` header and all. */
export async function forward(request: IncomingMessage, response: ServerResponse, port: number): Promise<void> {
  const { method = "GET", url = "/", headers } = request;
  const onward = httpRequest({ agent, host: "127.0.0.1", port, method, path: url, headers, timeout: 20_000 });
  const answered = new Promise<void>((resolve, reject) => {
    onward.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response).then(resolve, reject);
    });
    onward.on("timeout", () => onward.destroy(new Error("timeout")));
    onward.on("error", reject);
  });
  request.pipe(onward);
  try {
    await answered;
  } catch {
    sendProblem(response, { status: 502, title: "Bad Gateway", detail: "The local login does not answer. Try again." });
  }
}
