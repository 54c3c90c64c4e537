import type { LookupAddress } from "node:dns";
import { createServer as createPlainServer, type RequestListener } from "node:http";
import { createServer } from "node:https";
import { describe, expect, it, onTestFinished } from "vitest";
import { listenOnLoopback } from "#infra/local/listen.ts";
import { connectPublicFetch, type PublicFetchSettings, type Resolve } from "#shared/net/public-fetch.ts";
import { certificate, certificateKey } from "./certificate.ts";

/** Names that all lead here. A name's addresses are taken in turn, as one that changes its mind. */
function resolving(...answers: readonly string[][]): Resolve & { asked: string[] } {
  const resolve = (name: string, _: object, done: (error: null, found: LookupAddress[]) => void): void => {
    const answer = answers[Math.min(resolve.asked.length, answers.length - 1)] ?? [];
    resolve.asked.push(name);
    done(
      null,
      answer.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
  resolve.asked = [] as string[];
  return resolve as Resolve & { asked: string[] };
}

/** A server behind a certificate for issuer.example; every request that reaches it is counted. */
async function serve(listener: RequestListener, secure = true) {
  const counted: RequestListener = (request, response) => {
    served.requests += 1;
    listener(request, response);
  };
  const server = secure
    ? createServer({ cert: certificate, key: certificateKey }, counted)
    : createPlainServer(counted);
  const port = await listenOnLoopback(server, 0);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const served = { requests: 0, port };
  return served;
}

/** Reaches that server alone, by an exception for its origin. */
const reaching = (origin: string, more: Partial<PublicFetchSettings> = {}) =>
  connectPublicFetch({ exceptions: [origin], authorities: certificate, ...more });

const refused = (reason: string) => expect.objectContaining({ name: "DocumentRefused", reason });

describe("an address inside", () => {
  it.each([
    ...["http://issuer.example/", "ftp://issuer.example/", "https://user:pw@issuer.example/"],
    ...["https://localhost/", "https://LOCALHOST./", "https://api.localhost/", "https://intranet/"],
    ...[
      "https://printer.local/",
      "https://db.internal/",
      "https://metadata.google.internal/",
      "https://box.home.arpa/",
    ],
    ...["https://127.0.0.1/", "https://0x7f.1/", "https://2130706433/", "https://0177.0.0.1/", "https://[::1]/"],
    ...["https://169.254.169.254/latest/meta-data/", "https://[fd00:ec2::254]/", "https://[::ffff:169.254.169.254]/"],
    ...["https://10.0.0.1/", "https://[64:ff9b::a00:1]/", "https://0.0.0.0/"],
  ])("is refused without looking anything up: %s", async (address) => {
    const lookup = resolving(["8.8.8.8"]);
    const fetchDocument = connectPublicFetch({ exceptions: [], lookup });
    await expect(fetchDocument(new URL(address))).rejects.toEqual(refused("not-public"));
    expect(lookup.asked).toEqual([]);
  });

  it.each([
    ["loopback", ["127.0.0.1"]],
    ["a private network", ["10.1.2.3"]],
    ["the metadata of an instance", ["169.254.169.254"]],
    ["one public address and one inside", ["8.8.8.8", "127.0.0.1"]],
    ["IPv4 within IPv6", ["::ffff:127.0.0.1"]],
    ["nothing", []],
  ])("is refused behind a public name too: %s", async (_, addresses) => {
    const served = await serve((__, response) => response.end("{}"));
    const fetchDocument = connectPublicFetch({
      exceptions: [],
      authorities: certificate,
      lookup: resolving(addresses),
    });
    await expect(fetchDocument(new URL(`https://issuer.example:${String(served.port)}/`))).rejects.toEqual(
      refused("not-public"),
    );
    expect(served.requests).toBe(0);
  });

  it("is not reached by a name that means something else the second time: it is asked once, for the connection", async () => {
    const served = await serve((_, response) => response.end("{}"));
    const lookup = resolving(["127.0.0.1"], ["8.8.8.8"], ["127.0.0.1"]);
    const fetchDocument = connectPublicFetch({ exceptions: [], authorities: certificate, lookup });
    await expect(fetchDocument(new URL(`https://issuer.example:${String(served.port)}/`))).rejects.toEqual(
      refused("not-public"),
    );
    expect({ asked: lookup.asked, requests: served.requests }).toEqual({ asked: ["issuer.example"], requests: 0 });
  });

  it("is reached where its origin, scheme and port included, is an exception", async () => {
    const { port } = await serve((_, response) => response.end("{}"), false);
    const origin = `http://127.0.0.1:${String(port)}`;
    const fetchDocument = connectPublicFetch({ exceptions: [origin] });
    expect(Buffer.from(await fetchDocument(new URL(`${origin}/keys`))).toString()).toBe("{}");
    await expect(fetchDocument(new URL(`https://127.0.0.1:${String(port)}/`))).rejects.toEqual(refused("not-public"));
  });
});

describe("a server", () => {
  it("is believed by its certificate alone", async () => {
    const { port } = await serve((_, response) => response.end("{}"));
    const [right, wrong] = [`https://localhost:${String(port)}`, "https://localhost"];
    // The certificate is for another name.
    await expect(reaching(right)(new URL(right))).rejects.toEqual(refused("unreachable"));
    // And here nobody vouches for it.
    await expect(connectPublicFetch({ exceptions: [right] })(new URL(right))).rejects.toEqual(refused("unreachable"));
    await expect(reaching(wrong)(new URL(right))).rejects.toEqual(refused("not-public"));
  });

  it.each([301, 302, 303, 307, 308])("is not followed elsewhere: %i", async (status) => {
    const served = await serve(
      (_, response) => response.writeHead(status, { location: "http://169.254.169.254/" }).end(),
      false,
    );
    const origin = `http://127.0.0.1:${String(served.port)}`;
    await expect(reaching(origin)(new URL(origin))).rejects.toEqual(refused("redirect"));
    expect(served.requests).toBe(1);
  });

  it.each<[string, RequestListener]>([
    ["status", (_, response) => response.writeHead(500).end("{}")],
    ["status", (_, response) => response.writeHead(204).end()],
    ["too-large", (_, response) => response.end("x".repeat(70_000))],
    ["too-large", (_, response) => void endless(response)],
    ["encoded", (_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("{}")],
    ["timeout", () => undefined],
    ["timeout", (_, response) => void response.write("{")],
    ["unreachable", (request) => request.socket.destroy()],
  ])("that does not answer as it should is refused: %s", async (reason, listener) => {
    const { port } = await serve(listener, false);
    const origin = `http://127.0.0.1:${String(port)}`;
    const fetchDocument = reaching(origin, { bytesAtMost: 65_536, milliseconds: 500 });
    await expect(fetchDocument(new URL(origin))).rejects.toEqual(refused(reason));
  });
});

/** Writes for as long as somebody reads. */
function endless(response: { write(piece: string): boolean; on(event: "drain", again: () => void): unknown }): void {
  const go = (): void => {
    for (let n = 0; n < 100 && response.write("x".repeat(16_384)); n++);
  };
  response.on("drain", go);
  go();
}
