/** Runs oidc-provider in a thread of its own, with the clock of everything local. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { parentPort, workerData } from "node:worker_threads";
import { Provider } from "oidc-provider";
import { readRequestBytes } from "#infra/local/front/request-bytes.ts";
import { listenOnLoopback } from "#infra/local/listen.ts";
import { securityHeaders } from "#infra/local/pages/page-style.ts";
import type { LoginStart } from "./login.ts";
import { isSubject } from "./login-account.ts";
import { loginConfiguration } from "./login-configuration.ts";
import { loginPage } from "./login-page.ts";

const start = workerData as LoginStart;
moveTime(start.clockOffsetMs);

const provider = new Provider(start.key.issuer, loginConfiguration(start));
provider.on("server_error", (_context, error) => process.stderr.write(`login: ${error.stack ?? error.message}\n`));
const callback = provider.callback();

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    process.stderr.write(`login: ${error instanceof Error ? error.message : String(error)}\n`);
    if (!response.headersSent) response.writeHead(400, { "content-type": "text/plain; charset=utf-8" });
    response.end("This login can't be continued. Start again from the page that sent you here.\n");
  });
});
parentPort?.postMessage({ port: await listenOnLoopback(server, 0) });

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!request.url?.startsWith("/interaction/")) return callback(request, response);
  const { params } = await provider.interactionDetails(request, response);
  const accountId = request.method === "POST" ? await chosenAccount(request) : undefined;
  if (accountId !== undefined && isSubject(accountId)) {
    return provider.interactionFinished(request, response, { login: { accountId } });
  }
  const origins = [...new Set(start.redirectUris.map((uri) => new URL(uri).origin))].join(" ");
  const policy = (securityHeaders["content-security-policy"] ?? "").replace(
    "form-action 'self'",
    `form-action 'self' ${origins}`,
  );
  response.writeHead(200, {
    ...securityHeaders,
    "content-security-policy": policy,
    "content-type": "text/html; charset=utf-8",
  });
  response.end(String(await loginPage(start.tenants, params.login_hint)));
}

async function chosenAccount(request: IncomingMessage): Promise<string | undefined> {
  const form = (await readRequestBytes(request, 4096)).toString("utf8");
  return new URLSearchParams(form).get("login") ?? undefined;
}

/** oidc-provider asks Date for the time and takes no clock; in this thread Date is the local one. */
function moveTime(offsetMs: number): void {
  if (offsetMs === 0) return;
  const Real = Date;
  const Moved = class extends Real {
    constructor(...given: [] | ConstructorParameters<typeof Date>) {
      if (given.length === 0) super(Real.now() + offsetMs);
      else super(...given);
    }
    static override now(): number {
      return Real.now() + offsetMs;
    }
  };
  Object.assign(globalThis, { Date: Moved });
}
