import { describe, expect, it } from "vitest";
import { changedProfile, readProfile } from "#shared/store/profiles.ts";
import type { Standing } from "#shared/tenant/standing.ts";
import { trustSite } from "#test/stage/doors.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const since = "2026-11-01T00:00:00.000Z";
const suspended: Standing = { state: "suspended", reason: "Invoices 7 to 9 are not paid.", since };
const closing: Standing = { state: "closing", since, until: "2026-12-01T00:00:00.000Z" };
const closed: Standing = { state: "closed", since };

const paths = ["/", "/posture.json", "/.well-known/security.txt", "/ledger/checkpoint", "/report", "/nothing"];
const browser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

async function get(tenant: string, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return trustSite(stage).request(path, { headers: { host: `${tenant}.localhost`, ...headers } });
}

describe("the host of a suspended tenant", () => {
  it.each(paths)("says so at %s, with when to ask again", async (path) => {
    const { tenant } = await newTenant(stage, { standing: suspended });
    const answer = await get(tenant, path);
    expect(answer.status).toBe(503);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "application/problem+json",
      "retry-after": "3600",
      "cache-control": "no-store",
      vary: "Host, Accept",
    });
    expect(await answer.json()).toMatchObject({ type: "urn:candor:problem:suspended", status: 503 });
  });

  it("shows a browser a page that says so, where reports still go, and not why", async () => {
    const { tenant } = await newTenant(stage, { standing: suspended });
    const answer = await get(tenant, "/", browser);
    const page = await answer.text();
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "3600"]);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(page).toContain("suspended");
    expect(page).toContain(`security@${tenant}.localhost`);
    expect(page).not.toMatch(/Invoices|not paid/);
  });

  it("is healthy, and is served again once the suspension ends", async () => {
    const scope = await newTenant(stage, { standing: suspended });
    expect((await get(scope.tenant, "/healthz")).status).toBe(200);
    const before = await readProfile(scope);
    if (!before) throw new Error("The tenant is there.");
    const after = { ...before, standing: { state: "active" }, version: before.version + 1 } as const;
    await stage.table.write(changedProfile(scope, before, after));
    expect((await get(scope.tenant, "/")).status).toBe(200);
  });
});

describe.each([
  ["about to be deleted", closing],
  ["deleted", closed],
])("the host of a tenant that is %s", (_, standing) => {
  it.each(paths)("is gone at %s", async (path) => {
    const { tenant } = await newTenant(stage, { standing });
    const answer = await get(tenant, path);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([410, "application/problem+json"]);
    const page = await get(tenant, path, browser);
    expect([page.status, page.headers.get("content-type")]).toEqual([410, "text/html; charset=utf-8"]);
    expect(await page.text()).not.toContain("Kestrel");
  });
});
