import type { Server } from "node:http";
import type { Upstream } from "./upstream.ts";

/** A gate that listens. */
export interface Gate {
  readonly port: number;
  readonly url: string;
  /** Lets what is under way finish. */
  close(): Promise<void>;
}

export function gateOf(server: Server, port: number, upstream: Upstream): Gate {
  async function close(): Promise<void> {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
    upstream.close();
  }
  return { port, url: `http://127.0.0.1:${String(port)}`, close };
}
