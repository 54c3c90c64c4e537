import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Calls the door once with an event that asks for nothing, so that what a first call compiles is in the cache too. */
const warmUp = `
import { writeFileSync } from "node:fs";
const [url, cache] = process.argv.slice(1);
globalThis.awslambda = { streamifyResponse: (handler) => handler, HttpResponseStream: { from: (stream) => stream } };
const { handler, script } = await import(url);
if (typeof handler !== "function") throw new Error("Error: the entry exports no handler");
const http = { method: "GET", path: "/healthz", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "" };
const event = { version: "2.0", rawPath: "/healthz", rawQueryString: "", headers: { host: "localhost" }, isBase64Encoded: false,
  requestContext: { domainName: "localhost", http, requestId: "warm", timeEpoch: 0 }, Records: [], detail: {}, time: "2000-01-01T00:00:00Z" };
const call = Promise.resolve().then(() => handler(event, { getRemainingTimeInMillis: () => 1000 })).catch(() => undefined);
await Promise.race([call, new Promise((resolve) => setTimeout(resolve, 1000))]);
writeFileSync(cache, script.createCachedData());
process.exit(0);
`;

/** The name of the cache of this Node: the bootstrap of another one does not look at it. */
const codeCacheName = `door.${process.version}-${process.arch}.cache`;

/**
 * Writes the compiled code of an artefact beside it, by running it in a fresh process of this very Node. It has no credentials
 * and can reach no service. Throws where the door's modules do not load with the given variables.
 */
export async function fillCodeCache(folder: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const index = pathToFileURL(join(folder, "index.mjs")).href;
  const child = spawn(
    process.execPath,
    ["--input-type=module", "-e", warmUp, "--", index, join(folder, codeCacheName)],
    {
      env: {
        AWS_ACCESS_KEY_ID: "none",
        AWS_SECRET_ACCESS_KEY: "none",
        AWS_REGION: "us-east-1",
        AWS_ENDPOINT_URL: "http://127.0.0.1:1",
        ...environment,
      },
      stdio: ["ignore", "ignore", "pipe"],
      timeout: 20_000,
    },
  );
  const errors: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  const [code] = (await once(child, "close")) as [number | null];
  if (code === 0) return;
  const said = Buffer.concat(errors).toString("utf8").split("\n");
  throw new Error(
    `The bundle in ${folder} does not load: ${said.find((line) => line.includes("Error")) ?? `exit ${String(code)}`}`,
  );
}
