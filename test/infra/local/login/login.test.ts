import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { describe, expect, it, onTestFinished } from "vitest";
import { startClock } from "#infra/local/home/clock.ts";
import { audience, clientId, type Login, startLogin } from "#infra/local/login/login.ts";
import { openLoginKey } from "#infra/local/login/login-key.ts";
import { temporaryFolder } from "#test/infra/local/temporary-folder.ts";

const redirectUri = "http://console.localhost:1/signed-in";

async function start(offsetMs = 0): Promise<Login> {
  const key = await openLoginKey(join(temporaryFolder(), "key.json"), "http://login.localhost:1", randomBytes);
  const options = { key, clockOffsetMs: offsetMs, tenants: ["hearth", "pilox"], redirectUris: [redirectUri] };
  const login = await startLogin(options, startClock(offsetMs), new PassThrough().resume());
  onTestFinished(() => login.stop());
  return login;
}

/** A browser that keeps cookies and shows where it is sent. */
function browser(port: number) {
  const cookies = new Map<string, string>();
  return async (path: string, form?: Record<string, string>) => {
    const url = new URL(path, `http://127.0.0.1:${String(port)}`);
    const answer = await fetch(`http://127.0.0.1:${String(port)}${url.pathname}${url.search}`, {
      method: form ? "POST" : "GET",
      redirect: "manual",
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(form ? { body: new URLSearchParams(form) } : {}),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    return {
      status: answer.status,
      location: answer.headers.get("location") ?? "",
      body: await answer.text(),
      headers: answer.headers,
    };
  };
}

const challengeOf = (verifier: string) => createHash("sha256").update(verifier).digest("base64url");

function authorization(parameters: Record<string, string>): string {
  const all = {
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "openid candor",
    state: "s",
    ...parameters,
  };
  return `/auth?${new URLSearchParams(all).toString()}`;
}

/** Logs in by the page and exchanges the code. */
async function logIn(login: Login, subject: string) {
  const open = browser(login.port);
  const verifier = randomBytes(32).toString("base64url");
  const begun = await open(
    authorization({ code_challenge: challengeOf(verifier), code_challenge_method: "S256", login_hint: "hearth" }),
  );
  const page = await open(begun.location);
  const chosen = await open(begun.location, { login: subject });
  const resumed = await open(chosen.location);
  const code = new URL(resumed.location).searchParams.get("code") ?? "";
  const exchanged = await open("/token", {
    grant_type: "authorization_code",
    client_id: clientId,
    redirect_uri: redirectUri,
    code,
    code_verifier: verifier,
  });
  return { page, code, verifier, open, tokens: JSON.parse(exchanged.body) as Tokens };
}

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
}

/** Asks for new tokens; what was refused has a status of 400 and a word for it. */
async function refresh(open: ReturnType<typeof browser>, token: string) {
  const answer = await open("/token", { grant_type: "refresh_token", client_id: clientId, refresh_token: token });
  return { status: answer.status, ...(JSON.parse(answer.body) as Partial<Tokens> & { error?: string }) };
}

describe("the local login", () => {
  it("gives by one press a token with the same claims as the one for command lines", async () => {
    const login = await start();
    const { page, tokens } = await logIn(login, "hearth-operator");
    expect(page.body).toContain('value="hearth-operator"');
    expect(page.body).not.toContain('value="pilox-operator"');
    const keys = createRemoteJWKSet(new URL(login.jwksUrl));
    const rules = { issuer: login.issuer, audience };
    const fromBrowser = await jwtVerify(tokens.access_token, keys, rules);
    const other = await jwtVerify(
      (await login.token({ tenant: "hearth" as never, role: "operator" })).accessToken,
      keys,
      rules,
    );
    expect(fromBrowser.payload.sub).toBe("hearth-operator");
    const { jti: _jti, iat: _iat, exp: _exp, ...claims } = fromBrowser.payload;
    expect(other.payload).toMatchObject(claims);
    expect(Object.keys(other.payload).toSorted()).toEqual(Object.keys(fromBrowser.payload).toSorted());
    expect(other.protectedHeader).toEqual(fromBrowser.protectedHeader);
  });

  it.each([{}, { code_challenge: "x".repeat(43) }, { code_challenge: "x".repeat(43), code_challenge_method: "plain" }])(
    "asks for PKCE with SHA-256: not %j",
    async (given) => {
      const open = browser((await start()).port);
      const { location } = await open(authorization(given));
      expect(new URL(location).searchParams.get("error")).toBe("invalid_request");
    },
  );

  it("takes a code once, and only from who has its verifier", async () => {
    const login = await start();
    const { open, code, verifier, tokens } = await logIn(login, "hearth-owner");
    const again = { grant_type: "authorization_code", client_id: clientId, redirect_uri: redirectUri, code };
    const replayed = await open("/token", { ...again, code_verifier: verifier });
    expect([replayed.status, JSON.parse(replayed.body).error]).toEqual([400, "invalid_grant"]);
    // A code that comes back was seen by somebody else: what it brought ends too.
    expect(await refresh(open, tokens.refresh_token)).toMatchObject({ status: 400, error: "invalid_grant" });
    const other = browser(login.port);
    const begun = await other(
      authorization({ code_challenge: challengeOf("y".repeat(43)), code_challenge_method: "S256" }),
    );
    const resumed = await other((await other(begun.location, { login: "hearth-owner" })).location);
    const stolen = new URL(resumed.location).searchParams.get("code") ?? "";
    const wrong = await other("/token", { ...again, code: stolen, code_verifier: "z".repeat(43) });
    expect([wrong.status, JSON.parse(wrong.body).error]).toEqual([400, "invalid_grant"]);
  });

  it("gives a new refresh token for each, and ends the login when one comes back", async () => {
    const { open, tokens } = await logIn(await start(), "hearth-owner");
    const second = await refresh(open, tokens.refresh_token);
    expect(second).toMatchObject({ status: 200, access_token: expect.any(String), refresh_token: expect.any(String) });
    expect(second.refresh_token).not.toBe(tokens.refresh_token);
    const third = await refresh(open, second.refresh_token ?? "");
    expect(third.status).toBe(200);
    expect(await refresh(open, tokens.refresh_token)).toMatchObject({ status: 400, error: "invalid_grant" });
    expect(await refresh(open, third.refresh_token ?? "")).toMatchObject({ status: 400, error: "invalid_grant" });
  });

  it("knows no login of no role", async () => {
    const login = await start();
    const open = browser(login.port);
    const begun = await open(
      authorization({ code_challenge: challengeOf("x".repeat(43)), code_challenge_method: "S256" }),
    );
    const refused = await open(begun.location, { login: "hearth-king" });
    expect([refused.status, refused.location]).toEqual([200, ""]);
  });

  it("tells the time of the local clock", async () => {
    const days = 40 * 86_400_000;
    const { tokens } = await logIn(await start(days), "platform");
    const [, payload = ""] = tokens.access_token.split(".");
    const { iat } = JSON.parse(Buffer.from(payload, "base64url").toString());
    expect(Math.abs(iat * 1000 - (Date.now() + days))).toBeLessThan(10_000);
  });
});
