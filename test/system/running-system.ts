import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join, resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import * as z from "zod";

const checkout = resolve(import.meta.dirname, "../..");
const startSeconds = 30;
const answerSeconds = 60;
const LocalFacts = z.object({ ports: z.object({ http: z.int(), smtp: z.int() }) });

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** The one-machine system as a person runs it: a process of its own over one home. */
export interface RunningSystem {
  readonly smtpPort: number;
  /** A request to one of the system's hosts, by its `Host` header. */
  fetch(host: string, path: string, options?: { method?: string; token?: string; body?: string }): Promise<Answer>;
  /** Ends the whole process group, and the database in its own, as a power cut would. Waits until all are gone. */
  kill(): Promise<void>;
  /** Ends it as Ctrl-C does. */
  stop(): Promise<void>;
  /** What it wrote on standard error. */
  said(): string;
}

/** Starts what `npm start` starts, in a process group of its own, on free ports. */
export async function startSystem(home: string, environment: Readonly<Record<string, string>>): Promise<RunningSystem> {
  const child = spawn(process.execPath, ["infra/local/start.ts"], {
    cwd: checkout,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...inherited(),
      CANDOR_HOME: home,
      CANDOR_PORT: "0",
      CANDOR_SMTP_PORT: "0",
      CANDOR_SEED: "demo",
      ...environment,
    },
  });
  const ended = new Promise<void>((done) => child.once("close", () => done()));
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  await readyLine(child, () => errors);
  const { ports } = LocalFacts.parse(JSON.parse(readFileSync(join(home, "local.json"), "utf8")));
  return {
    smtpPort: ports.smtp,
    fetch: (host, path, options) => fetchFrom(ports.http, host, path, options),
    async kill() {
      const database = Number(readFileSync(join(home, "table.pid"), "utf8"));
      process.kill(-(child.pid ?? 0), "SIGKILL");
      endIfThere(database);
      await ended;
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
    said: () => errors,
  };
}

/** The environment without what would change the system's settings. */
function inherited(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:CANDOR|VITEST|NODE_)/.test(name)));
}

function readyLine(child: ChildProcess, said: () => string): Promise<void> {
  return new Promise((done, failed) => {
    const fail = (why: string): void => failed(new Error(`The system does not start: ${why}\n${said()}`));
    const timer = setTimeout(() => fail(`no ready line within ${String(startSeconds)} s`), startSeconds * 1000);
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (/^candor ready /m.test(output)) {
        clearTimeout(timer);
        done();
      }
    });
    child.once("exit", () => {
      clearTimeout(timer);
      fail("it ended");
    });
  });
}

/** The database is likely gone already: it ends with the process that it belongs to. */
function endIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

function fetchFrom(
  port: number,
  host: string,
  path: string,
  { method = "GET", token, body }: { method?: string; token?: string; body?: string } = {},
): Promise<Answer> {
  return new Promise((done, failed) => {
    const headers = {
      host,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const sent = request({ host: "127.0.0.1", port, path, method, headers, timeout: answerSeconds * 1000 });
    sent.on("timeout", () => sent.destroy(new Error(`${host}${path} gives no answer`)));
    sent.on("error", failed);
    sent.on("response", (response) => {
      buffer(response).then((bytes) => done({ status: response.statusCode ?? 0, body: bytes }), failed);
    });
    sent.end(body);
  });
}
