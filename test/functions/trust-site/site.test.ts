import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { trustSite } from "#test/stage/doors.ts";
import { claim, publishNow, writeItem } from "#test/stage/publishing.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
let scope: TenantScope;
let site: ReturnType<typeof trustSite>;

beforeAll(async () => {
  scope = await newTenant(stage);
  site = trustSite(stage);
  await writeItem(scope, "claims", {
    ...claim("dated"),
    label: { maturity: "enforced" },
    confirmation: { on: "2026-11-10", method: "review" },
    reviewEvery: "P30D",
  });
  await publishNow(stage, scope);
});

const see = async (path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> =>
  site.request(path, { method, headers: { host: `${scope.tenant}.localhost:8080`, ...headers } });
const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());

describe("the pages of a published tenant", () => {
  it("come in the best coding that is accepted, each under a validator of its own", async () => {
    const plain = await see("/");
    const text = await plain.text();
    const gzip = await see("/", { "accept-encoding": "gzip, br;q=0" });
    const br = await see("/", { "accept-encoding": "gzip, deflate, br" });
    expect(gunzipSync(await bytesOf(gzip)).toString()).toBe(text);
    expect(brotliDecompressSync(await bytesOf(br)).toString()).toBe(text);
    const tags = [plain, gzip, br].map((answer) => answer.headers.get("etag") ?? "");
    expect(new Set(tags).size).toBe(3);
    expect(plain.headers.get("vary")).toBe("Accept-Language, Accept-Encoding");
    expect((await see("/", { "accept-encoding": "br", "if-none-match": tags[2] ?? "" })).status).toBe(304);
    expect((await see("/", { "accept-encoding": "br", "if-none-match": tags[0] ?? "" })).status).toBe(200);
  });

  it("answer HEAD without a body, and no other method", async () => {
    const head = await see("/gaps", {}, "HEAD");
    expect([head.status, await head.text()]).toEqual([200, ""]);
    const post = await see("/gaps", {}, "POST");
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  it("are kept by caches for a minute, and never past the tenant's midnight", async () => {
    expect((await see("/")).headers.get("cache-control")).toBe("public, max-age=60, stale-while-revalidate=600");
    // 23:59:30 in Berlin.
    stage.clock.forward(Date.parse("2026-11-18T22:59:30Z") - stage.clock.now().getTime());
    const [, age, stale] =
      /max-age=(\d+), stale-while-revalidate=(\d+)/.exec((await see("/")).headers.get("cache-control") ?? "") ?? [];
    expect(Number(age)).toBeLessThanOrEqual(30);
    expect(Number(age) + Number(stale)).toBeLessThanOrEqual(30);
  });

  it("have feeds, a sitemap and rules for robots", async () => {
    expect(await (await see("/feed.atom")).text()).toContain(
      `<id>http://${scope.tenant}.localhost:8080/releases/1</id>`,
    );
    expect(await (await see("/feed.json")).json()).toMatchObject({ items: [{ title: "Release 1" }] });
    expect(await (await see("/sitemap.xml")).text()).toContain("/claims/dated</loc>");
    expect(await (await see("/robots.txt")).text()).toContain("/sitemap.xml");
  });

  it("age with the calendar alone: the gate closes, and the label is struck out", async () => {
    expect((await see("/gate.json")).status).toBe(200);
    const before = await (await see("/")).text();
    // The day after its review, in Berlin; the instant still lies in the day of review in UTC.
    stage.clock.forward(Date.parse("2026-12-10T23:30:00Z") - stage.clock.now().getTime());
    const gate = await see("/gate.json");
    expect([gate.status, await gate.json()]).toMatchObject([
      409,
      { pass: false, overdue: [{ id: "dated", what: "claim", dueOn: "2026-12-10", daysOverdue: 1 }] },
    ]);
    expect((await see("/gate.json?only=exceptions")).status).toBe(200);
    expect((await see("/gate.json?only=exception")).status).toBe(409);
    const after = await (await see("/")).text();
    expect([before.includes("<s class"), after.includes('<s class="stamp enforced struck">')]).toEqual([false, true]);
  });

  it("can be asked for the gate by the shell example of the README", async () => {
    const server = createServer(async (request, response) => {
      const answer = await see(request.url ?? "/");
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(await bytesOf(answer));
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const [, script = ""] = /```sh\n(gate=[^`]+)```/.exec(readFileSync("README.md", "utf8")) ?? [];
    const folder = mkdtempSync(join(tmpdir(), "candor-gate-"));
    const run = async (only: string): Promise<string> => {
      const here = script.replace("https://fluxheim.candor.example", `http://127.0.0.1:${String(port)}`);
      const ran = promisify(execFile)("sh", ["-ec", here.replace("only=exceptions", `only=${only}`)], { cwd: folder });
      return ran.then(
        ({ stdout }) => stdout,
        ({ stdout }: { stdout: string }) => `failed ${stdout}`,
      );
    };
    expect(await run("exceptions")).toMatch(/^\{"pass":true,/);
    expect(await run("claims")).toMatch(/^failed \{"pass":false,/);
    rmSync(folder, { recursive: true });
    server.close();
  });
});
