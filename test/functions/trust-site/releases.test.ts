import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { notary, publisher, trustSite } from "#test/stage/doors.ts";
import { minute } from "#test/stage/movable-clock.ts";
import { ask, claim, publishNow, writeItem } from "#test/stage/publishing.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
let scope: TenantScope;
let site: ReturnType<typeof trustSite>;

const see = (path: string, of: TenantScope = scope, headers = {}) =>
  site.request(path, { headers: { host: `${of.tenant}.localhost`, ...headers } });
interface Answered {
  readonly shown: number;
  readonly items: readonly { readonly release: number }[];
  readonly body: string;
  readonly words: readonly string[];
  readonly dsseEnvelope: { readonly payload: string };
}
const read = async (path: string, of?: TenantScope) => (await see(path, of)).json() as Promise<Answered>;

beforeAll(async () => {
  scope = await newTenant(stage);
  await writeItem(scope, "claims", claim("tls"));
  await publishNow(stage, scope, { kind: "publish", note: "The first." });
  await writeItem(scope, "claims", claim("tls", { label: { maturity: "enforced" } }));
  await publishNow(stage, scope);
  await writeItem(scope, "claims", claim("more"));
  await publishNow(stage, scope);
  site = trustSite(stage);
});

describe("the releases of a tenant's host", () => {
  it("are listed, the newest first, with what each is and where its files are", async () => {
    const { shown, items } = await read("/releases.json");
    expect(shown).toBe(3);
    expect(items.map(({ release }) => release)).toEqual([3, 2, 1]);
    expect(items[2]).toMatchObject({
      ...{ release: 1, previous: null, note: "The first." },
      files: {
        body: "/releases/1/body.json",
        signature: "/releases/1/body.sigstore.json",
        proof: "/releases/1/body.tlog-proof",
      },
    });
    expect(JSON.stringify(items)).not.toContain("somebody");
    expect(await read("/releases.json?before=3")).toMatchObject({ items: [{ release: 2 }, { release: 1 }] });
  });

  it("give out the very bytes that were signed and logged", async () => {
    const facts = await read("/releases/2.json");
    const body = await see("/releases/2/body.json");
    const digest = createHash("sha256")
      .update(Buffer.from(await body.arrayBuffer()))
      .digest("hex");
    expect(`sha256:${digest}`).toBe(facts.body);
    const again = await see("/releases/2/body.json", scope, { "if-none-match": body.headers.get("etag") ?? "" });
    expect(again.status).toBe(304);
    const { dsseEnvelope } = await read("/releases/2/body.sigstore.json");
    expect(JSON.parse(String(Buffer.from(dsseEnvelope.payload, "base64"))).subject[0].digest.sha256).toBe(digest);
    expect(await (await see("/releases/2/body.tlog-proof")).text()).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex \d+\n/);
  });

  it("are compared in words and field by field, in either direction", async () => {
    expect(await read("/releases/1/diff/3.json")).toMatchObject({
      ...{ from: 1, to: 3 },
      words: ["The claim “Claim tls”: from beta to enforced.", "The claim “Claim more” is new."],
      moved: [{ id: "tls", before: { maturity: "beta" }, after: { maturity: "enforced" } }],
    });
    expect((await read("/releases/3/diff/1.json")).words).toEqual([
      "The claim “Claim tls”: from enforced to beta.",
      "The claim “Claim more” is gone.",
    ]);
  });

  it.each([
    ...["/releases/4.json", "/releases/0.json", "/releases/1x.json", "/releases/4/body.json", "/releases/01.json"],
    ...["/releases/1/diff/9.json", "/releases/999999999.json"],
  ])("are not there: %s", async (path) => {
    expect((await see(path)).status).toBe(404);
  });

  it("are one tenant's", async () => {
    const other = await newTenant(stage);
    expect(await read("/releases.json", other)).toEqual({ shown: null, items: [] });
    expect((await see("/releases/1/body.json", other)).status).toBe(404);
  });

  it("cost hardly more than a table read a second under load", async () => {
    const host = trustSite(stage);
    const calls: string[] = [];
    stage.faults.table = (request) => void calls.push(String(request));
    const start = stage.clock.now().getTime();
    for (let asked = 0; asked < 120; asked++) {
      const answer = await host.request("/releases/3.json", { headers: { host: `${scope.tenant}.localhost` } });
      expect(answer.status).toBe(200);
      stage.clock.forward(500);
    }
    stage.faults.clear();
    const seconds = (stage.clock.now().getTime() - start) / 1000;
    // The release, the pointer, and every five seconds the tenant.
    expect(calls.length).toBeLessThanOrEqual(seconds * 1.25);
  });

  it("that were withdrawn answer 410 with the reason, and stay provable", async () => {
    const asked = await ask(stage, scope, { kind: "withdraw", release: 1, reason: "It named a person." });
    await publisher(stage).inserted([asked], "run-p");
    await notary(stage).inserted([{ pk: `RELEASE#${scope.tenant}#`, sk: "WITHDRAWAL#00000001" }], "run-n");
    stage.clock.forward(minute);
    const facts = await see("/releases/1.json");
    expect(facts.status).toBe(410);
    expect(await facts.json()).toMatchObject({ release: 1, withdrawn: { reason: "It named a person." } });
    expect((await see("/releases/1/body.json")).status).toBe(410);
    expect((await see("/releases/1/diff/3.json")).status).toBe(410);
    expect((await see("/releases/1/body.sigstore.json")).status).toBe(200);
    expect((await see("/releases/1/body.tlog-proof")).status).toBe(200);
    expect((await read("/releases.json")).items).toHaveLength(3);
  });
});
