import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { clientId } from "#infra/local/login/login.ts";
import { ask, startOn } from "#test/infra/local/running-host.ts";
import { temporaryFolder } from "#test/infra/local/temporary-folder.ts";
import { openBrowser } from "#test/stage/browser.ts";

describe("a person with a browser", { timeout: 120_000 }, () => {
  it("signs in on the login's page, and the code that comes back buys a token that the API takes", async () => {
    const host = await startOn(temporaryFolder(), { CANDOR_SEED: "demo" });
    const { http } = host.facts().ports;
    const page = await (await openBrowser()).newPage();
    const verifier = randomBytes(32).toString("base64url");
    const redirectUri = `http://console.localhost:${String(http)}/signed-in`;
    const asked = new URLSearchParams({
      ...{ client_id: clientId, redirect_uri: redirectUri, response_type: "code", scope: "openid candor", state: "s1" },
      ...{ code_challenge_method: "S256", code_challenge: createHash("sha256").update(verifier).digest("base64url") },
    });

    const failed: string[] = [];
    page.on("console", (message) => void (message.type() === "error" && failed.push(message.text())));
    await page.goto(`http://login.localhost:${String(http)}/auth?${asked.toString()}`);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Who are you?");
    expect(failed).toEqual([]);
    await Promise.all([page.waitForURL(`${redirectUri}?*`), page.locator('button[value="hearth-operator"]').click()]);
    const back = new URL(page.url()).searchParams;
    expect([back.get("state"), back.get("iss")]).toEqual(["s1", host.facts().issuer]);

    // As the console's script would, from its own origin.
    const tokens = await page.evaluate(
      async ([url, form]) => {
        const answer = await fetch(url ?? "", { method: "POST", body: new URLSearchParams(form) });
        return (await answer.json()) as { access_token: string; refresh_token: string };
      },
      [
        `http://login.localhost:${String(http)}/token`,
        new URLSearchParams({
          ...{ grant_type: "authorization_code", client_id: clientId, redirect_uri: redirectUri },
          ...{ code: back.get("code") ?? "", code_verifier: verifier },
        }).toString(),
      ] as const,
    );
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const me = await ask(host, "api.localhost", "/v1/me", { headers });
    expect([me.status, JSON.parse(me.body)]).toMatchObject([200, { subject: "hearth-operator" }]);
    expect((await ask(host, "api.localhost", "/v1/tenants/hearth/reports", { headers })).status).toBe(200);
    expect((await ask(host, "api.localhost", "/v1/tenants/pilox/reports", { headers })).status).toBe(404);
    expect(tokens.refresh_token).toEqual(expect.any(String));
  });
});
