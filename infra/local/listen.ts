import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { StartFailure } from "#infra/local/start-failure.ts";

/**
 * Makes a server listen on 127.0.0.1 and tells its port. Throws `StartFailure` naming the `variable` to set where the port is taken.
 */
export async function listenOnLoopback(server: Server, port: number, variable?: string): Promise<number> {
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch (error) {
    throw portFailure(error, port, variable) ?? error;
  }
  return (server.address() as AddressInfo).port;
}

/** The sentence for a port that can't be had; undefined where the error is another one. */
export function portFailure(error: unknown, port: number, variable?: string): StartFailure | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code !== "EADDRINUSE" && code !== "EACCES") return undefined;
  const what = code === "EADDRINUSE" ? "is taken by another program" : "may not be used by this user";
  const next = variable === undefined ? "Start again" : `Set ${variable} to another port, or to 0 for any free one`;
  return new StartFailure(`Port ${String(port)} of this machine ${what}. ${next}.`);
}
