import type { Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { account, region } from "#infra/local/storage/host-client.ts";
import { type DoorAnswer, Sandbox } from "./door-sandbox.ts";
import { DoorFailure, payloadLimit } from "./lambda-shapes.ts";

/** What the runtime has to know of a door. */
export interface RunnableDoor {
  readonly name: string;
  /** The module that exports `handler`. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
}

export interface DoorRuntime {
  /** Calls a door with an event. Throws `DoorFailure`. */
  invoke(door: string, event: unknown): Promise<DoorAnswer>;
  /** How many copies of a door run at most. */
  readonly copies: number;
  /** Waits up to `graceMs` for what runs, then stops everything. */
  close(graceMs: number): Promise<void>;
}

export interface RuntimeOptions {
  readonly doors: readonly RunnableDoor[];
  readonly copies: number;
  readonly log: Writable;
  /** How long a copy without work is kept. */
  readonly idleMs?: number;
}

/** Calls that wait for a free copy of one door; past that a call is refused, as Lambda throttles. */
const queueLimit = 1000;

/** Runs doors in worker threads, each started when it is needed and up to `copies` of one door at once. */
export function startDoors(options: RuntimeOptions): DoorRuntime {
  const pools = new Map(options.doors.map((door) => [door.name, new Pool(door, options)]));
  return {
    copies: options.copies,
    async invoke(door, event) {
      const pool = pools.get(door);
      if (!pool) throw new Error(`There is no door ${door}; those that exist are ${[...pools.keys()].join(", ")}.`);
      const json = JSON.stringify(event);
      if (Buffer.byteLength(json) > payloadLimit) {
        throw new DoorFailure("request-too-large", `An event for ${door} is larger than Lambda takes.`);
      }
      return pool.invoke(json);
    },
    async close(graceMs) {
      await Promise.all([...pools.values()].map((pool) => pool.close(graceMs)));
    },
  };
}

interface Waiting {
  readonly event: string;
  readonly resolve: (answer: Promise<DoorAnswer>) => void;
}

/** The copies of one door. */
class Pool {
  readonly #door: RunnableDoor;
  readonly #options: RuntimeOptions;
  readonly #idle: { sandbox: Sandbox; expiry: NodeJS.Timeout }[] = [];
  readonly #busy = new Set<Sandbox>();
  readonly #waiting: Waiting[] = [];
  #closed = false;
  #drained: (() => void) | undefined;

  constructor(door: RunnableDoor, options: RuntimeOptions) {
    this.#door = door;
    this.#options = options;
  }

  invoke(event: string): Promise<DoorAnswer> {
    if (this.#closed) return Promise.reject(new DoorFailure("stopped", "The host is ending; try again when it runs."));
    if (this.#waiting.length >= queueLimit) {
      return Promise.reject(
        new DoorFailure("throttled", `Too many calls wait for ${this.#door.name}; try again later.`),
      );
    }
    const { promise, resolve } = Promise.withResolvers<DoorAnswer>();
    this.#waiting.push({ event, resolve });
    this.#next();
    return promise;
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      const sandbox = this.#free();
      if (!sandbox) return;
      const call = this.#waiting.shift();
      if (!call) return;
      this.#busy.add(sandbox);
      call.resolve(sandbox.invoke(call.event, () => this.#release(sandbox)));
    }
    if (this.#busy.size === 0) this.#drained?.();
  }

  /** The copy that was used last, so that those beyond the load grow old and go. */
  #free(): Sandbox | undefined {
    for (let kept = this.#idle.pop(); kept; kept = this.#idle.pop()) {
      clearTimeout(kept.expiry);
      if (kept.sandbox.alive) return kept.sandbox;
    }
    if (this.#busy.size >= this.#options.copies) return undefined;
    const { name, file, environment, memoryMb, timeoutSeconds } = this.#door;
    return new Sandbox({
      door: name,
      entry: pathToFileURL(file).href,
      arn: `arn:aws:lambda:${region}:${account}:function:${name}`,
      environment,
      memoryMb,
      timeoutMs: timeoutSeconds * 1000,
      log: this.#options.log,
    });
  }

  #release(sandbox: Sandbox): void {
    this.#busy.delete(sandbox);
    if (sandbox.alive) {
      const expiry = setTimeout(() => this.#expire(sandbox), this.#options.idleMs ?? 300_000).unref();
      this.#idle.push({ sandbox, expiry });
    }
    this.#next();
  }

  #expire(sandbox: Sandbox): void {
    const position = this.#idle.findIndex((kept) => kept.sandbox === sandbox);
    if (position < 0) return;
    this.#idle.splice(position, 1);
    void sandbox.stop();
  }

  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    const drained = new Promise<void>((resolve) => {
      this.#drained = resolve;
      setTimeout(resolve, graceMs).unref();
    });
    this.#next();
    await drained;
    const sandboxes = [...this.#busy, ...this.#idle.map((kept) => kept.sandbox)];
    for (const kept of this.#idle) clearTimeout(kept.expiry);
    await Promise.all(sandboxes.map((sandbox) => sandbox.stop()));
  }
}
