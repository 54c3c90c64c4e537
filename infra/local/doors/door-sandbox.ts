import { randomUUID } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import { Worker } from "node:worker_threads";
import { AnswerBody } from "#infra/local/front/answer-body.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./door-protocol.ts";
import { DoorFailure, payloadLimit, type ResponsePrelude } from "./lambda-shapes.ts";

/** What a door answered: a value, or a stream whose first part is here. */
export type DoorAnswer =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "stream"; readonly prelude: ResponsePrelude; readonly body: Readable };

export interface SandboxOptions extends WorkerStart {
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Where the door's own output goes. */
  readonly log: Writable;
}

interface Call {
  readonly answered: (answer: DoorAnswer) => void;
  readonly failed: (failure: DoorFailure) => void;
  readonly released: () => void;
  readonly timer: NodeJS.Timeout;
  body?: AnswerBody;
}

/** One copy of a door. It takes one event at a time, and is thrown away once it crashed or ran out of time. */
export class Sandbox {
  readonly #options: SandboxOptions;
  readonly #worker: Worker;
  #alive = true;
  #call: Call | undefined;

  /** Starts the copy; its modules load while the first event waits. */
  constructor(options: SandboxOptions) {
    const { entry, door, arn, memoryMb, environment, log } = options;
    this.#options = options;
    this.#worker = new Worker(new URL("door-worker.ts", import.meta.url), {
      workerData: { entry, door, arn, memoryMb } satisfies WorkerStart,
      env: environment,
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    this.#worker.stdout.on("data", (output: Buffer) => log.write(output));
    this.#worker.stderr.on("data", (output: Buffer) => log.write(output));
    this.#worker.on("message", (message: FromWorker) => this.#hear(message));
    this.#worker.on("error", (error: unknown) => {
      this.#end("crash", `${door} crashed: ${error instanceof Error ? error.message : String(error)}`);
    });
    this.#worker.on("exit", () => this.#end("crash", `${door} ended before it answered`));
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Hands over an event, as JSON. `released` is called once: when the copy can take another, or has ended. */
  invoke(event: string, released: () => void): Promise<DoorAnswer> {
    const { door, timeoutMs } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<DoorAnswer>();
    const timer = setTimeout(() => {
      this.#end("timeout", `${door} timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`);
      void this.#worker.terminate();
    }, timeoutMs);
    this.#call = { answered: resolve, failed: reject, released, timer };
    this.#tell({ kind: "invoke", event, requestId: randomUUID(), deadline: Date.now() + timeoutMs });
    return promise;
  }

  async stop(): Promise<void> {
    this.#end("stopped", `${this.#options.door} was stopped with the host`);
    await this.#worker.terminate();
  }

  #tell(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromWorker): void {
    if (message.kind === "answer") this.#give(message.json);
    else if (message.kind === "prelude") this.#beginStream(message.prelude);
    else if (message.kind === "chunk") this.#beginStream().receive(message.bytes);
    else if (message.kind === "end") {
      this.#beginStream().finish();
      this.#finish()?.released();
    } else if (message.kind === "failed") this.#fail("error", `${message.errorType}: ${message.message}`);
  }

  #give(json: string): void {
    const size = Buffer.byteLength(json);
    if (size > payloadLimit) {
      this.#fail(
        "answer-too-large",
        `${this.#options.door} answered ${String(size)} bytes; Lambda allows ${String(payloadLimit)}`,
      );
      return;
    }
    const call = this.#finish();
    call?.answered({ kind: "value", value: JSON.parse(json) });
    call?.released();
  }

  /** The body of the streamed answer; without a prelude it is a plain 200, as on Lambda. */
  #beginStream(prelude: ResponsePrelude = {}): AnswerBody {
    if (this.#call?.body) return this.#call.body;
    const body = new AnswerBody({
      more: () => this.#tell({ kind: "more" }),
      abandon: () => this.#tell({ kind: "abandon" }),
    });
    if (this.#call) {
      this.#call.body = body;
      this.#call.answered({ kind: "stream", prelude, body });
    }
    return body;
  }

  #fail(kind: DoorFailure["kind"], message: string): void {
    const call = this.#finish();
    if (!call) return;
    const failure = new DoorFailure(kind, message);
    call.body?.destroy(failure);
    call.failed(failure);
    call.released();
  }

  #end(kind: DoorFailure["kind"], message: string): void {
    this.#alive = false;
    this.#fail(kind, message);
  }

  #finish(): Call | undefined {
    const call = this.#call;
    this.#call = undefined;
    if (call) clearTimeout(call.timer);
    return call;
  }
}
