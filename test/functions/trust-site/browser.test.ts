/** The site in a browser: it reads, searches and compares without script, on a phone and on a desk, by day and by night. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import chromium from "@sparticuz/chromium";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium as launcher, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kindNames } from "#shared/posture/kind-names.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { trustSite } from "#test/stage/doors.ts";
import { publishNow, writeItem } from "#test/stage/publishing.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";
import { sample } from "./sample-posture.ts";

const stage = useStage();
let [browser, server, origin]: [Browser | undefined, Server | undefined, string] = [undefined, undefined, ""];

const paths = [
  ...["/", "/gaps", "/policy", "/scope", "/support", "/risks", "/exceptions", "/threat-model", "/checks", "/hardening"],
  ...["/policies", "/policies/system", "/thanks", "/claims/module-verification", "/claims/agent-controls"],
  ...["/search?q=module", "/releases", "/releases/1", "/releases/1/posture", "/releases/1/diff/2", "/nothing"],
];

beforeAll(async () => {
  const scope = await newTenant(stage);
  await publish(scope);
  const site = trustSite(stage);
  server = createServer(async (request, response) => {
    const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
    const answer = await site.request(request.url ?? "/", { method: request.method ?? "GET", headers });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server?.once("listening", resolve));
  origin = `http://${scope.tenant}.localhost:${String((server.address() as AddressInfo).port)}`;
  browser = await launcher.launch({
    executablePath: await chromium.executablePath(),
    args: ["--no-sandbox", "--disable-gpu"],
  });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** Everything there is, then a second release in which a label moved. */
async function publish(scope: TenantScope): Promise<void> {
  for (const kind of kindNames) for (const item of sample[kind] ?? []) await writeItem(scope, kind, item);
  await publishNow(stage, scope);
  const scripts = sample.claims?.find(({ id }) => id === "scripts");
  if (!scripts) throw new Error("The sample has no claim about scripts.");
  await writeItem(scope, "claims", { ...scripts, label: { maturity: "shipped" } });
  await publishNow(stage, scope);
}

const phone = { viewport: { width: 390, height: 844 } } as const;

async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser?.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context?.newPage();
  if (!page) throw new Error("There is no browser.");
  await page.goto(`${origin}${path}`);
  return page;
}
/** In the browser: the width of the page, and by how much it moved while it loaded. */
const measured = `new Promise((resolve) => {
  let moved = 0;
  const observer = new PerformanceObserver((list) => { for (const { value } of list.getEntries()) moved += value; });
  observer.observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve([document.documentElement.scrollWidth, moved]), 50);
})`;

const leave = (page: Page) => page.context().close();

describe("the site in a browser", () => {
  it.each(["light", "dark"] as const)(
    "has no fault that axe-core finds, %s",
    async (colorScheme) => {
      for (const path of paths) {
        const page = await open(path, { colorScheme });
        await page.evaluate(axe.source);
        const found = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
        const faults = found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""}`);
        expect(`${path} ${faults.join("; ")}`).toBe(`${path} `);
        await leave(page);
      }
    },
    120_000,
  );

  it("is no wider than a phone, and shifts nothing while it loads", async () => {
    for (const path of paths) {
      const page = await open(path, phone);
      const [width, shift] = await page.evaluate<[number, number]>(measured);
      expect([path, width, shift]).toEqual([path, 390, 0]);
      await leave(page);
    }
  }, 120_000);

  it("is one request, to nobody else, and breaks none of its own rules", async () => {
    const page = await open("/nothing");
    const [asked, said]: [string[], string[]] = [[], []];
    page.on("request", (request) => void asked.push(request.url()));
    page.on("console", (message) => void said.push(message.text()));
    await page.goto(`${origin}/`, { waitUntil: "networkidle" });
    expect(asked.filter((url) => !url.startsWith("data:"))).toEqual([`${origin}/`]);
    expect(said.join("\n")).toBe("");
    await leave(page);
  });

  it("reads, searches and compares releases without any script", async () => {
    const page = await open("/", { javaScriptEnabled: false });
    await page
      .getByRole("link", { name: "A module mounts only when its signature and its bytes check out" })
      .last()
      .click();
    expect(await page.locator("h1").textContent()).toContain("A module mounts");
    await page.getByRole("link", { name: "Search" }).click();
    await page.getByLabel("Words to look for").fill("root hash");
    await page.getByRole("button", { name: "Search" }).click();
    expect(await page.getByRole("status").textContent()).toContain("1 place holds");
    await page.getByRole("navigation", { name: "This trust center" }).getByRole("link", { name: "Releases" }).click();
    await page.getByRole("link", { name: "compare with release 1" }).click();
    expect(await page.locator("h1").textContent()).toBe("From release 1 to release 2");
    const moved = page.locator("section", { has: page.locator("#moved") });
    expect((await moved.textContent())?.replaceAll(/\s+/g, " ")).toMatch(
      /Scripts on a node are signed.*Partial.*Shipped/,
    );
    await leave(page);
  });

  it("speaks the reader's language, and keeps to the one that was chosen", async () => {
    const page = await open("/", { locale: "de-DE" });
    expect(await page.locator("h1").textContent()).toBe("Sicherheitslage");
    await page.getByRole("link", { name: "Fran\u00e7ais" }).click();
    await page.getByRole("link", { name: "Lacunes", exact: true }).first().click();
    expect(page.url()).toBe(`${origin}/gaps?lang=fr`);
    expect(await page.locator("h1").textContent()).toBe("Lacunes reconnues");
    await leave(page);
  });

  it("prints with all evidence unfolded and without the ways around", async () => {
    const page = await open("/");
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("header nav").isVisible()).toBe(false);
    expect(await page.getByText("agent/internal/verify/cosign.go").isVisible()).toBe(true);
    expect((await page.pdf({ format: "A4" })).byteLength).toBeGreaterThan(20_000);
    await leave(page);
  });
});
