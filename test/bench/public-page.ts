/** A public page that is kept, against servers that do nothing but answer the same bytes: as a Lambda event, and over HTTP. */
import { Agent, createServer, get, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Hono } from "hono";
import { handle } from "hono/aws-lambda";
import { lambdaAnswer, siteRequestOf } from "#functions/trust-site/lambda-event.ts";
import { createPages } from "#functions/trust-site/site.ts";
import type { SiteAnswer, SiteRequest } from "#functions/trust-site/site-request.ts";
import type { KnownTenant } from "#shared/access/scope.ts";
import { releaseBody } from "#shared/posture/release-body.ts";
import type { ReleaseReader } from "#shared/store/release-reader.ts";
import { contentOf, sample } from "#test/functions/trust-site/sample-posture.ts";
import { viewOf } from "#test/functions/trust-site/sample-view.ts";
import { medianOf, type Outcome, spreadOf } from "./outcome.ts";
import { inParallel, inTurns } from "./rounds.ts";

const request: SiteRequest = {
  ...{ method: "GET", host: "kestrel.localhost", scheme: "http", path: "/", query: "", ifNoneMatch: undefined },
  ...{ acceptLanguage: "en", acceptEncoding: "gzip" },
};
const event = {
  ...{ version: "2.0", rawPath: "/", rawQueryString: "", isBase64Encoded: false },
  headers: { host: request.host, "accept-encoding": "gzip", "accept-language": "en", "x-forwarded-proto": "http" },
  requestContext: { domainName: request.host, http: { method: "GET", path: "/", protocol: "HTTP/1.1" } },
};

/** The pages over a release in memory: what is measured begins after the two reads that a request may cost. */
function pagesInMemory() {
  const { organisation, release } = viewOf();
  const body = releaseBody({ content: contentOf(sample) } as Parameters<typeof releaseBody>[0], organisation);
  const tenant = {
    scope: { tenant: organisation.slug },
    profile: { slug: organisation.slug, standing: { state: "active" } },
  };
  const shown = Promise.resolve({ pointer: release, body });
  const reader = { shown: () => shown } as unknown as ReleaseReader;
  const tenants = async () => tenant as unknown as KnownTenant;
  return createPages({ tenants, releases: reader, mailDomain: "localhost", now: () => new Date() });
}

export async function benchPublicPage(quick: boolean, say: (line: string) => void): Promise<Outcome[]> {
  const pages = pagesInMemory();
  const ask = async (): Promise<SiteAnswer> => {
    const answer = await pages(request);
    if (!answer?.body) throw new Error("There is no page.");
    return answer;
  };
  const { headers, body } = await ask();
  const bytes = body?.bytes ?? new Uint8Array();
  const bare = handle(new Hono().get("/", () => new Response(bytes, { headers })));
  const events = quick ? 2_000 : 10_000;
  const lambda = await inTurns(
    [
      {
        name: "site",
        measure: () =>
          inParallel(events, 1, async () => lambdaAnswer((await pages(siteRequestOf(event))) ?? (await ask()))),
      },
      {
        name: "hono",
        measure: () => inParallel(events, 1, () => bare(event as unknown as Parameters<typeof bare>[0])),
      },
    ],
    { rounds: quick ? 5 : 11, milliseconds: 60_000 },
    say,
  );
  await using site = await served(async (answer) => {
    const { status, headers: given, body: page } = await ask();
    answer.writeHead(status, given).end(page?.bytes);
  });
  await using plain = await served(async (answer) => void answer.writeHead(200, headers).end(bytes));
  const requests = quick ? 2_000 : 10_000;
  const http = await inTurns(
    [
      { name: "site", measure: () => inParallel(requests, 16, () => fetched(site.port)) },
      { name: "bare", measure: () => inParallel(requests, 16, () => fetched(plain.port)) },
    ],
    { rounds: quick ? 5 : 11, milliseconds: 90_000 },
    say,
  );
  return [
    outcome("a kept page as a Lambda event / bare Hono, at least 0.9", lambda.get("hono"), lambda.get("site"), events),
    outcome("a kept page over HTTP / bare node:http, at least 0.9", http.get("bare"), http.get("site"), requests),
  ];
}

function outcome(goal: string, other: readonly number[] = [], own: readonly number[] = [], count: number): Outcome {
  const each = ((medianOf(own) / count) * 1_000).toFixed(1);
  return {
    ...{ bench: "public-page", goal, atLeast: 0.9, unit: "", cpu: "" },
    measured: spreadOf(other.map((milliseconds, round) => milliseconds / (own[round] ?? Number.NaN))),
    context: `${each} us a page, ${((medianOf(other) / count) * 1_000).toFixed(1)} us bare`,
  };
}

async function served(respond: (answer: ServerResponse) => Promise<void>) {
  const server = createServer((_, answer) => void respond(answer)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: async () => void server.close().closeAllConnections() };
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

const fetched = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    get({ agent, port, host: "127.0.0.1", path: "/" }, (answer) => answer.resume().once("end", resolve)).once(
      "error",
      reject,
    );
  });
