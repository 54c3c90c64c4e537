/** Lambda's runtime for one door, in a worker thread: one event at a time, one answer each. */
import { Writable } from "node:stream";
import { parentPort, workerData } from "node:worker_threads";
import type { FromWorker, ToWorker, WorkerStart } from "./door-protocol.ts";
import type { ResponsePrelude } from "./lambda-shapes.ts";

type BufferedHandler = (event: unknown, context: object) => unknown;
type StreamedHandler = (event: unknown, stream: Writable, context: object) => Promise<unknown>;

const streaming = Symbol.for("aws.lambda.runtime.handler.streaming");
const start = workerData as WorkerStart;
const port = parentPort;
if (!port) throw new Error("This module runs in a worker thread; start the host with npm start.");

const send = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

/** The answer being streamed, while there is one. */
let open: { readonly stream: Writable; taken: (() => void) | undefined } | undefined;

Object.assign(globalThis, {
  awslambda: {
    streamifyResponse: (handler: StreamedHandler) => Object.assign(handler, { [streaming]: "response" }),
    HttpResponseStream: {
      from(stream: Writable, prelude: ResponsePrelude): Writable {
        send({ kind: "prelude", prelude });
        return stream;
      },
    },
  },
});

const { handler } = (await import(start.entry)) as { handler: BufferedHandler | StreamedHandler };
if (typeof handler !== "function") throw new Error(`${start.door} exports no handler`);

port.on("message", (message: ToWorker) => {
  if (message.kind === "invoke") void invoke(message);
  else if (message.kind === "more") open?.taken?.();
  else open?.stream.destroy();
});
send({ kind: "ready" });

async function invoke({ event, requestId, deadline }: Extract<ToWorker, { kind: "invoke" }>): Promise<void> {
  try {
    const context = contextOf(requestId, deadline);
    if (streaming in handler) await answerStreamed(handler as StreamedHandler, JSON.parse(event), context);
    else {
      const value = await (handler as BufferedHandler)(JSON.parse(event), context);
      send({ kind: "answer", json: JSON.stringify(value ?? null) });
    }
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    process.stderr.write(`${error instanceof Error ? (error.stack ?? message) : message}\n`);
    send({ kind: "failed", errorType: name, message });
  }
}

async function answerStreamed(handle: StreamedHandler, event: unknown, context: object): Promise<void> {
  const stream = responseStream();
  open = { stream, taken: undefined };
  const closed = new Promise<Error | undefined>((resolve) => {
    stream.once("finish", () => resolve(undefined));
    stream.once("close", () => resolve(stream.errored ?? undefined));
  });
  await handle(event, stream, context);
  stream.end();
  const error = await closed;
  open = undefined;
  if (error) throw error;
  send({ kind: "end" });
}

/** Sends a chunk at a time and waits until it was taken. */
function responseStream(): Writable {
  const stream = new Writable({
    highWaterMark: 256 * 1024,
    write(chunk: Buffer, _encoding, done) {
      // A copy of its own, because a chunk may be a view into a shared pool, which can't be handed over.
      const bytes = new Uint8Array(chunk);
      if (open) open.taken = () => done();
      send({ kind: "chunk", bytes }, [bytes.buffer]);
    },
  });
  // Who writes to it hears of the error; without a listener it would end the worker.
  stream.on("error", () => undefined);
  return stream;
}

function contextOf(awsRequestId: string, deadline: number): object {
  return {
    awsRequestId,
    functionName: start.door,
    functionVersion: "$LATEST",
    invokedFunctionArn: start.arn,
    memoryLimitInMB: String(start.memoryMb),
    logGroupName: `/aws/lambda/${start.door}`,
    logStreamName: "local",
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}
