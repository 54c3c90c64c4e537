import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { PassThrough } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DoorRuntime, startDoors } from "#infra/local/doors/door-runtime.ts";
import { type Front, startFront } from "#infra/local/front/front.ts";
import { serveApp } from "#infra/local/front/serve-app.ts";
import { startClock } from "#infra/local/home/clock.ts";

let front: Front;
let runtime: DoorRuntime;
const door = (name: string, module: URL) => ({
  name,
  file: fileURLToPath(module),
  environment: {},
  memoryMb: 256,
  timeoutSeconds: 10,
});

beforeAll(async () => {
  front = await startFront({ port: 0, clock: startClock(0) });
  runtime = startDoors({
    copies: 1,
    log: new PassThrough().resume(),
    doors: [
      door("site", new URL("../doors/site.ts", import.meta.url)),
      door("stream", new URL("../doors/stream.ts", import.meta.url)),
    ],
  });
  const page = { fetch: (request: Request) => new Response(`page ${new URL(request.url).pathname}`) };
  front.open((hostname) => {
    if (hostname === "one.localhost") return { kind: "door", door: "site" };
    if (hostname === "api.localhost") return { kind: "door", door: "stream" };
    if (hostname === "localhost")
      return { kind: "page", serve: (request, response) => serveApp(page, request, response) };
    return undefined;
  }, runtime);
});
afterAll(async () => {
  await front.close(100);
  await runtime.close(100);
});

async function call(
  path: string,
  options: { host?: string; method?: string; headers?: Record<string, string | string[]>; body?: Buffer | string } = {},
) {
  const { host = "one.localhost", method = "GET", headers = {}, body } = options;
  const sent = httpRequest({ host: "127.0.0.1", port: front.port, path, method, headers: { host, ...headers } });
  sent.end(body);
  const [response] = (await once(sent, "response")) as [import("node:http").IncomingMessage];
  return {
    status: response.statusCode,
    headers: response.headers,
    raw: response.rawHeaders,
    body: await buffer(response),
  };
}

const json = (body: Buffer) => JSON.parse(body.toString("utf8"));

describe("the host decides who answers", () => {
  it("by the Host header alone, whatever its case and port", async () => {
    expect((await call("/healthz")).body.toString()).toBe("ok");
    expect((await call("/healthz", { host: "ONE.localhost:9999" })).body.toString()).toBe("ok");
    expect((await call("/x", { host: "localhost" })).body.toString()).toBe("page /x");
  });

  it("and a host that is nobody's gets 421 with a sentence", async () => {
    const { status, headers, body } = await call("/", {
      host: "two.localhost",
      headers: { "x-forwarded-host": "one.localhost" },
    });
    expect([status, headers["content-type"]]).toEqual([421, "application/problem+json"]);
    expect(json(body).detail).toContain("Nothing here is called two.localhost");
  });
});

describe("a request becomes the event of an HTTP API", () => {
  it("with query, joined headers, cookies and source", async () => {
    const { body } = await call("/echo?a=1&b=2&a=3&c=%20", {
      headers: { "x-many": ["1", "2"], cookie: "k=v; l=w", "x-forwarded-for": "6.6.6.6", forwarded: "for=6.6.6.6" },
    });
    const { event } = json(body);
    expect(event).toMatchObject({
      version: "2.0",
      rawPath: "/echo",
      rawQueryString: "a=1&b=2&a=3&c=%20",
      queryStringParameters: { a: "1,3", b: "2", c: " " },
      cookies: ["k=v", "l=w"],
      isBase64Encoded: false,
      requestContext: { domainName: "one.localhost", http: { method: "GET", path: "/echo", sourceIp: "127.0.0.1" } },
    });
    expect(event.headers).toMatchObject({ "x-many": "1,2", "x-forwarded-for": "127.0.0.1" });
    expect(event.headers).not.toHaveProperty("cookie");
    expect(event.headers).not.toHaveProperty("forwarded");
  });

  it("with text as it is and other bytes in base64", async () => {
    const post = (body: Buffer, type: string) =>
      call("/echo", { method: "POST", body, headers: { "content-type": type } });
    const asText = json((await post(Buffer.from('{"ä":1}'), "application/json")).body);
    expect([asText.event.body, asText.event.isBase64Encoded]).toEqual(['{"ä":1}', false]);
    const asBytes = json((await post(Buffer.from([0, 255]), "application/octet-stream")).body);
    expect([asBytes.event.body, asBytes.event.isBase64Encoded, asBytes.body]).toEqual(["AP8=", true, "00ff"]);
    const broken = json((await post(Buffer.from([0x61, 0xff]), "text/plain")).body);
    expect([broken.event.isBase64Encoded, broken.body]).toEqual([true, "61ff"]);
  });

  it("without a body on GET, even where the client sends one", async () => {
    const { status, body } = await call("/echo", { body: "x", headers: { "content-length": "1" } });
    expect(status).toBe(200);
    expect(json(body).event).not.toHaveProperty("body");
  });
});

describe("an answer", () => {
  it("keeps several cookies apart", async () => {
    const { headers, body } = await call("/cookies", { headers: { cookie: "k=v" } });
    expect(headers["set-cookie"]).toEqual(["a=1; HttpOnly", "b=2"]);
    expect(body.toString()).toBe("k=v");
  });

  it("carries bytes that are no text", async () => {
    const { headers, body } = await call("/bytes");
    expect([...body]).toEqual([0, 255, 254, 1]);
    expect(headers["content-length"]).toBe("4");
  });

  it("to HEAD and a 304 has no body and no length of nothing", async () => {
    const head = await call("/page", { method: "HEAD" });
    expect([head.status, head.body.length, head.headers.etag, head.headers["content-length"]]).toEqual([
      200,
      0,
      '"v1"',
      undefined,
    ]);
    const same = await call("/page", { headers: { "if-none-match": '"v1"' } });
    expect([same.status, same.body.length, same.headers["content-length"]]).toEqual([304, 0, undefined]);
  });

  it("streams past 6 MB", async () => {
    const { status, body } = await call("/big?mb=9", { host: "api.localhost" });
    expect([status, body.length]).toEqual([200, 9 * 1024 * 1024]);
  });

  it("that breaks off ends the connection without looking whole", async () => {
    await expect(call("/breaks", { host: "api.localhost" })).rejects.toThrow();
  });

  it("that nobody waits for any more frees the door", async () => {
    const sent = httpRequest({
      host: "127.0.0.1",
      port: front.port,
      path: "/big?mb=500",
      headers: { host: "api.localhost" },
    });
    sent.end();
    const [response] = (await once(sent, "response")) as [import("node:http").IncomingMessage];
    response.destroy();
    expect((await call("/healthz", { host: "api.localhost" })).body.toString()).toBe("ok");
  });

  it("that failed is a problem document without the reason", async () => {
    const { status, body } = await call("/throw");
    expect(status).toBe(500);
    expect(body.toString()).not.toContain("asked to");
  });
});

describe("a body over 6 MB", () => {
  it("is refused by its declared length before it is sent", async () => {
    const socket = connect(front.port, "127.0.0.1");
    socket.write("POST /echo HTTP/1.1\r\nHost: one.localhost\r\nContent-Length: 99999999\r\n\r\n");
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain("application/problem+json");
  });

  it("is refused where it grows past the limit, and counts as base64 where it is no text", async () => {
    const chunked = await call("/echo", {
      method: "POST",
      body: Buffer.alloc(6.5e6),
      headers: { "transfer-encoding": "chunked" },
    }).catch((error: Error) => error.message);
    if (typeof chunked !== "string") expect(chunked.status).toBe(413);
    const binary = await call("/echo", { method: "POST", body: Buffer.alloc(5e6) });
    expect(binary.status).toBe(413);
    const plain = await call("/echo", {
      method: "POST",
      body: "x".repeat(5e6),
      headers: { "content-type": "text/plain" },
    });
    expect(plain.status).toBe(200);
  });
});
