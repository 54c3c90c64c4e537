import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { findFreePort } from "#infra/local/free-port.ts";
import { StartFailure } from "#infra/local/start-failure.ts";

/**
 * Runs a program that ends with us even where we are killed: its watcher reads our end of a pipe, which the system closes
 * with our process. The first line of output is the program's process id.
 */
const watched = `
exec 3<&0
"$@" </dev/null >/dev/null &
child=$!
echo $child
( cat <&3 >/dev/null; kill -KILL $child 2>/dev/null ) &
watcher=$!
trap 'kill -TERM $child 2>/dev/null' TERM
wait $child
wait $child 2>/dev/null
kill $watcher 2>/dev/null`;

export interface DynamodbProcess {
  readonly endpoint: string;
  /** Settles when the process ends, wanted or not. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Starts the `dynoxide` binary over a SQLite file. `pidFile` remembers the process, so that one that outlived its host is ended first. */
export async function startDynamodbProcess(file: string, pidFile: string): Promise<DynamodbProcess> {
  endStray(file, pidFile);
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort();
    const child = spawnDynoxide(file, port, pidFile);
    if (await answers(child, port)) return processOf(child, port);
    child.stdin?.end();
    if (attempt === 3)
      throw new StartFailure(
        `The local DynamoDB does not start on ${file}. Restore that file from a copy, or move the home away.`,
      );
  }
}

function spawnDynoxide(file: string, port: number, pidFile: string): ChildProcess {
  const args = [
    "-c",
    watched,
    "candor-table",
    binary(),
    "serve",
    "--host",
    "127.0.0.1",
    "--port",
    String(port),
    "--db-path",
    file,
  ];
  // A group of its own: the interrupt key of a terminal reaches us alone, and we end it when nothing needs it any more.
  const child = spawn("/bin/sh", args, { stdio: ["pipe", "pipe", "ignore"], detached: true });
  child.stdout?.once("data", (line: Buffer) => writeFileSync(pidFile, line, { mode: 0o600 }));
  return child;
}

function processOf(child: ChildProcess, port: number): DynamodbProcess {
  const ended = child.exitCode === null ? once(child, "exit").then(() => undefined) : Promise.resolve();
  return {
    endpoint: `http://127.0.0.1:${String(port)}`,
    ended,
    async stop() {
      child.kill("SIGTERM");
      const forced = setTimeout(() => child.stdin?.end(), 3_000);
      await ended;
      clearTimeout(forced);
    },
  };
}

function binary(): string {
  const packaged = `@dynoxide/${process.platform}-${process.arch}/dynoxide`;
  try {
    return createRequire(import.meta.url).resolve(packaged);
  } catch {
    throw new StartFailure(
      `There is no local DynamoDB for ${process.platform}-${process.arch} here. Run any DynamoDB-compatible server and set CANDOR_DYNAMODB_ENDPOINT to its address.`,
    );
  }
}

/** Waits up to 5 s for the port to take a connection. False where the process ended instead. */
async function answers(child: ChildProcess, port: number): Promise<boolean> {
  const deadline = performance.now() + 5_000;
  while (child.exitCode === null && performance.now() < deadline) {
    const socket = connect(port, "127.0.0.1");
    const connected = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "error").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (connected) return true;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return false;
}

/** A process id may have been given to another program since: only one that has our table open is ended. */
function endStray(file: string, pidFile: string): void {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, "utf8").trim());
  if (!Number.isInteger(pid) || pid <= 1) return;
  try {
    const command = readFileSync(`/proc/${String(pid)}/cmdline`, "utf8").split("\0");
    if (command.includes(file) && command[0]?.endsWith("dynoxide")) process.kill(pid, "SIGKILL");
  } catch {
    // No such process: nothing outlived its host.
  }
}
