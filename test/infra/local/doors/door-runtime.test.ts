import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { type DoorRuntime, type RunnableDoor, startDoors } from "#infra/local/doors/door-runtime.ts";
import { DoorFailure, payloadLimit } from "#infra/local/doors/lambda-shapes.ts";

const running: DoorRuntime[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((runtime) => runtime.close(0)));
});

function start(door: Partial<RunnableDoor> = {}, copies = 1) {
  const log = new PassThrough();
  let printed = "";
  log.on("data", (chunk: Buffer) => {
    printed += chunk.toString("utf8");
  });
  const runtime = startDoors({
    copies,
    log,
    doors: [
      {
        name: "plain",
        file: fileURLToPath(new URL("plain.ts", import.meta.url)),
        environment: { MARK: "mine" },
        memoryMb: 128,
        timeoutSeconds: 5,
        ...door,
      },
    ],
  });
  running.push(runtime);
  return { invoke: (event: unknown) => runtime.invoke("plain", event), runtime, printed: () => printed };
}

const failure = (call: Promise<unknown>) =>
  call.then(
    () => {
      throw new Error("the call went well");
    },
    (error: unknown) => {
      if (!(error instanceof DoorFailure)) throw error;
      return error;
    },
  );

describe("a door in its worker", () => {
  it("gets the event and its own environment and nothing of ours", async () => {
    const { invoke } = start();
    const answer = await invoke({ do: "echo", value: [1, "ä"] });
    expect(answer).toMatchObject({ kind: "value", value: { value: [1, "ä"], name: "plain", mark: "mine" } });
    expect(answer.kind === "value" && (answer.value as { path?: string }).path).toBeUndefined();
  });

  it("answers with the error that the handler throws and goes on", async () => {
    const { invoke } = start();
    const { kind, message } = await failure(invoke({ do: "throw" }));
    expect([kind, message]).toEqual(["error", "TypeError: asked to"]);
    expect(await invoke({ do: "count" })).toEqual({ kind: "value", value: 2 });
  });

  it("is ended when its time is over, and a fresh copy takes the next event", async () => {
    const { invoke } = start({ timeoutSeconds: 1 });
    expect(await invoke({ do: "count" })).toEqual({ kind: "value", value: 1 });
    expect((await failure(invoke({ do: "hang" }))).message).toBe("plain timed out after 1.00 seconds");
    expect(await invoke({ do: "count" })).toEqual({ kind: "value", value: 1 });
  });

  it("rejects the waiting call when it crashes, and a fresh copy takes the next event", async () => {
    const { invoke } = start();
    expect((await failure(invoke({ do: "exit" }))).kind).toBe("crash");
    expect(await invoke({ do: "count" })).toEqual({ kind: "value", value: 1 });
  });

  it("handles one event at a time in each of its copies", async () => {
    const { invoke } = start({}, 2);
    const counts = await Promise.all(Array.from({ length: 8 }, () => invoke({ do: "count" })));
    const values = counts.map((answer) => (answer.kind === "value" ? answer.value : 0));
    expect(values.toSorted()).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  });

  it("refuses a request over 6 MB and an answer over 6 MB", async () => {
    const { invoke } = start();
    const wrapping = JSON.stringify({ do: "echo", value: "" }).length;
    const fits = await invoke({ do: "echo", value: "x".repeat(payloadLimit - wrapping - 200) });
    expect(fits.kind).toBe("value");
    expect((await failure(invoke({ do: "echo", value: "x".repeat(payloadLimit - wrapping + 1) }))).kind).toBe(
      "request-too-large",
    );
    expect((await invoke({ do: "grow", size: payloadLimit - 2 })).kind).toBe("value");
    expect((await failure(invoke({ do: "grow", size: payloadLimit - 1 }))).kind).toBe("answer-too-large");
  });

  it("writes its output to the log and never to ours", async () => {
    const { invoke, printed } = start();
    await invoke({ do: "print" });
    await expect.poll(printed).toContain("printed by a door");
  });

  it("finishes what runs when the host ends, and refuses what comes after", async () => {
    const { invoke, runtime } = start();
    const call = invoke({ do: "count" });
    await runtime.close(2_000);
    expect(await call).toEqual({ kind: "value", value: 1 });
    expect((await failure(invoke({ do: "count" }))).kind).toBe("stopped");
  });
});

describe("a streamed answer", () => {
  const file = fileURLToPath(new URL("stream.ts", import.meta.url));
  const get = (path: string, query = "") => ({
    version: "2.0",
    rawPath: path,
    rawQueryString: query,
    headers: { host: "api.localhost" },
    isBase64Encoded: false,
    requestContext: { domainName: "api.localhost", http: { method: "GET", path } },
  });

  it("passes 6 MB byte for byte", async () => {
    const { invoke } = start({ file });
    const answer = await invoke(get("/big", "mb=9"));
    if (answer.kind !== "stream") throw new Error("not streamed");
    expect(answer.prelude).toMatchObject({ statusCode: 200, headers: { "x-made": "here" } });
    const body = await buffer(answer.body);
    expect(body.length).toBe(9 * 1024 * 1024);
    expect([0, 1, 8].map((mb) => body[mb * 1024 * 1024])).toEqual([8, 7, 0]);
  });

  it("comes no faster than it is read", async () => {
    const { invoke } = start({ file });
    const answer = await invoke(get("/big", "mb=100"));
    if (answer.kind !== "stream") throw new Error("not streamed");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(answer.body.readableLength).toBeLessThan(4 * 1024 * 1024);
    answer.body.destroy();
  });

  it("frees the door when nobody reads it any more", async () => {
    const { invoke } = start({ file });
    const answer = await invoke(get("/big", "mb=1000"));
    if (answer.kind === "stream") answer.body.destroy();
    expect((await invoke(get("/empty"))).kind).toBe("stream");
  });

  it("ends with an error where the door breaks off", async () => {
    const { invoke } = start({ file });
    const answer = await invoke(get("/breaks"));
    if (answer.kind !== "stream") throw new Error("not streamed");
    await expect(buffer(answer.body)).rejects.toThrow();
    expect((await invoke(get("/empty"))).kind).toBe("stream");
  });
});
