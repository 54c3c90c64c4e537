/** Runs fauxqs in a thread of its own. */
import { Server } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { startFauxqs } from "fauxqs";
import type { FauxqsReady, FauxqsStart } from "./fauxqs.ts";

const { start, setup } = workerData as FauxqsStart;

// fauxqs listens on every interface and has no option against it. In this thread every server stays on the loopback one.
const listen = Server.prototype.listen;
Server.prototype.listen = function (this: Server, ...args: unknown[]) {
  const [first] = args;
  if (typeof first === "object" && first !== null) Object.assign(first, { host: "127.0.0.1" });
  return Reflect.apply(listen, this, args);
};

// It waits for the disk at each of the nine steps of a mail's messages, yet not for the objects that they tell of. A written
// log outlives a killed process; after a power cut the sweep queues again what lies in the bucket.
const exec = DatabaseSync.prototype.exec;
DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
  exec.call(this, sql);
  if (sql === "PRAGMA journal_mode = WAL") exec.call(this, "PRAGMA synchronous = NORMAL");
};

const server = await startFauxqs({ ...start, port: 0, logger: false });
server.setup(setup);
const inFlight = (setup.queues ?? []).flatMap(({ name }) =>
  (server.inspectQueue(name)?.messages.inflight ?? []).map(({ receiptHandle }) => ({ name, receiptHandle })),
);
parentPort?.postMessage({ port: server.port, inFlight } satisfies FauxqsReady);
parentPort?.once("message", () => {
  void server.stop().then(() => process.exit(0));
});
