import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { checkout } from "#infra/bundle/bundle.ts";

export interface RunningHost {
  readonly process: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  readonly facts: () => {
    pid: number;
    url: string;
    issuer: string;
    ports: { http: number; smtp: number; login: number };
  };
}

/** Starts `npm start` on free ports without tenants, in a process group of its own. Waits until it is ready, or has ended. */
export async function startOn(home: string, variables: Record<string, string> = {}): Promise<RunningHost> {
  const child = spawn(process.execPath, [join(checkout, "infra/local/start.ts")], {
    env: {
      PATH: process.env["PATH"],
      CANDOR_HOME: home,
      CANDOR_PORT: "0",
      CANDOR_SMTP_PORT: "0",
      CANDOR_SEED: "none",
      ...variables,
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let stdout = "";
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = once(child, "exit").then(([code, signal]) => (code ?? signal) as number | string | null);
  const ready = new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      if (stdout.includes("\n")) resolve();
    });
  });
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), "SIGKILL");
    await ended;
  });
  await Promise.race([ready, ended]);
  return {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    facts: () => JSON.parse(readFileSync(join(home, "local.json"), "utf8")),
  };
}

/** A request to a host name of the system, wherever it listens. */
export async function ask(
  host: RunningHost,
  hostname: string,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
) {
  const { method = "GET", headers = {}, body } = options;
  const { http } = host.facts().ports;
  const sent = request({
    host: "127.0.0.1",
    port: http,
    path,
    method,
    headers: { host: `${hostname}:${String(http)}`, ...headers },
  });
  sent.end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}
