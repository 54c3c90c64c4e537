import { describe, expect, it } from "vitest";
import { trustSite } from "#test/stage/doors.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();

/** A request as it reaches the door: routed by its Host header. */
async function get(host: string, path = "/", headers: Record<string, string> = {}): Promise<Response> {
  return trustSite(stage).request(path, { headers: { host, ...headers } });
}

describe("a tenant's public host", () => {
  it("says who the tenant is, where to report, and what it promises", async () => {
    const { tenant } = await newTenant(stage);
    const answer = await get(`${tenant}.localhost:8080`);
    const page = await answer.text();
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page).toContain(`security@${tenant}.localhost`);
    expect(page).toContain("within 48 hours");
  });

  it("says that no time is promised where none is", async () => {
    const { tenant } = await newTenant(stage, { acknowledgeWithin: undefined });
    expect(await (await get(`${tenant}.localhost`)).text()).toContain("publishes no time");
  });

  it("gives the same facts as JSON", async () => {
    const { tenant } = await newTenant(stage);
    const answer = await get(`${tenant}.localhost`, "/posture.json");
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(await answer.json()).toMatchObject({
      slug: tenant,
      name: "Kestrel Works",
      report: { mail: `security@${tenant}.localhost`, acknowledgeWithin: "PT48H" },
    });
  });

  it.each(["/", "/posture.json"])("answers 304 for %s when the reader has it, and only then", async (path) => {
    const { tenant } = await newTenant(stage);
    const host = `${tenant}.localhost`;
    const etag = (await get(host, path)).headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[^"]+"$/);
    for (const known of [etag, `"other", ${etag}`, `W/${etag}`, "*"]) {
      const again = await get(host, path, { "if-none-match": known });
      expect([known, again.status, await again.text(), again.headers.get("etag")]).toEqual([known, 304, "", etag]);
    }
    expect((await get(host, path, { "if-none-match": '"other"' })).status).toBe(200);
  });

  it("has no script, and forbids all", async () => {
    const { tenant } = await newTenant(stage);
    const answer = await get(`${tenant}.localhost`);
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await answer.text()).not.toMatch(/<script/i);
  });

  it("shows a hostile name, text and next step as text", async () => {
    const hostile = `<img src=x onerror="alert(1)">&'`;
    const { tenant } = await newTenant(stage, { name: hostile, about: hostile, nextSteps: [hostile] });
    const page = await (await get(`${tenant}.localhost`)).text();
    expect(page).not.toContain("<img");
    expect(page.match(/&lt;img src=x onerror=&quot;alert\(1\)&quot;&gt;&amp;&#39;/g)?.length).toBeGreaterThanOrEqual(4);
    const facts = (await (await get(`${tenant}.localhost`, "/posture.json")).json()) as { name: string };
    expect(facts.name).toBe(hostile);
  });

  it("shows a change within seconds, under another tag", async () => {
    const scope = await newTenant(stage);
    const site = trustSite(stage);
    const ask = async () =>
      (await site.request("/", { headers: { host: `${scope.tenant}.localhost` } })).headers.get("etag");
    const before = await ask();
    const update = { pk: `TENANT#${scope.tenant}#`, sk: "PROFILE" };
    const profile = (await stage.table.get(update))?.["profile"] as Record<string, string>;
    await stage.table.write({ update, set: { profile: { ...profile, name: "Renamed" } } });
    stage.clock.forward(5_000);
    expect(await ask()).not.toBe(before);
  });
});

describe("any other host", () => {
  it.each(["no-such-tenant.localhost", "localhost", "a.b.localhost", "api.localhost", "", "x".repeat(300)])(
    "%j answers 421 and names nobody",
    async (host) => {
      for (const path of ["/", "/posture.json", "/nothing"]) expect((await get(host, path)).status).toBe(421);
    },
  );

  it("a page that is not there is 404 on a tenant's host too", async () => {
    const { tenant } = await newTenant(stage);
    expect((await get(`${tenant}.localhost`, "/nothing")).status).toBe(404);
  });
});
