/** `npm run token -- <tenant> <role>`: prints an access token of the system that runs on this machine. */
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { factsFileOf } from "#infra/local/home/home.ts";
import { readSettings } from "#infra/local/home/settings.ts";
import { roles } from "#infra/local/login/login-account.ts";
import { StartFailure } from "#infra/local/start-failure.ts";

const usage = `Write npm run --silent token -- <tenant> <${roles.join("|")}>, or -- platform.`;
const notRunning =
  "Candor is not running on this machine. Start it with npm start (and the same CANDOR_HOME), then ask again.";
const Facts = z.object({ ports: z.object({ http: z.int() }) });
const Token = z.object({ access_token: z.string() });
const Refused = z.object({ detail: z.string() });

try {
  process.stdout.write(`${await fetchToken(process.argv.slice(2))}\n`);
} catch (error) {
  if (!(error instanceof StartFailure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function fetchToken([tenant, role, ...rest]: readonly string[]): Promise<string> {
  if (tenant === undefined || rest.length > 0 || (role === undefined) !== (tenant === "platform"))
    throw new StartFailure(usage);
  const { home } = readSettings(process.env, new Date());
  const answer = await post(httpPort(home), JSON.stringify({ tenant, role }));
  const token = Token.safeParse(parse(answer));
  if (token.success) return token.data.access_token;
  throw new StartFailure(`${Refused.safeParse(parse(answer)).data?.detail ?? "The token was refused."} ${usage}`);
}

function httpPort(home: string): number {
  let facts: string;
  try {
    facts = readFileSync(factsFileOf(home), "utf8");
  } catch {
    throw new StartFailure(notRunning);
  }
  const parsed = Facts.safeParse(parse(facts));
  if (!parsed.success) throw new StartFailure(notRunning);
  return parsed.data.ports.http;
}

function post(port: number, body: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = { host: "localhost", "content-type": "application/json" };
  const sent = request({ host: "127.0.0.1", port, path: "/_local/token", method: "POST", headers, timeout: 10_000 });
  sent.on("timeout", () => sent.destroy(new Error("timeout")));
  sent.on("error", () => reject(new StartFailure(notRunning)));
  sent.on("response", (response) => void text(response).then(resolve, reject));
  sent.end(body);
  return promise;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
