import { once } from "node:events";
import type { Writable } from "node:stream";
import { Worker } from "node:worker_threads";
import { importJWK, SignJWT } from "jose";
import type { Clock } from "#infra/local/home/clock.ts";
import { groupsOf, type Login as LoginName, subjectOf } from "./login-account.ts";
import type { LoginKey } from "./login-key.ts";

export const audience = "urn:candor:api";
export const clientId = "candor-local";
export const scope = "candor";
export const tokenSeconds = 3600;

export interface LoginStart {
  readonly key: LoginKey;
  readonly clockOffsetMs: number;
  /** Tenants whose logins the page names. */
  readonly tenants: readonly string[];
  /** Origins that may be gone back to with a code. */
  readonly redirectUris: readonly string[];
}

/** The OpenID provider of the demo staff. */
export interface Login {
  readonly port: number;
  readonly issuer: string;
  /** Where doors fetch its keys: an address that every program can resolve. */
  readonly jwksUrl: string;
  /** An access token with the claims that a login gives. */
  token(login: LoginName): Promise<{ readonly accessToken: string; readonly expiresIn: number }>;
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Starts the provider in a thread of its own, where time can be moved. Its own output goes to `log`. */
export async function startLogin(start: LoginStart, clock: Clock, log: Writable): Promise<Login> {
  const options = { workerData: start, env: {}, stdout: true, stderr: true };
  const worker = new Worker(new URL("login-worker.ts", import.meta.url), options);
  worker.stdout.on("data", (output: Buffer) => log.write(output));
  worker.stderr.on("data", (output: Buffer) => log.write(output));
  const [{ port }] = (await once(worker, "message")) as [{ port: number }];
  const ended = once(worker, "exit").then(() => undefined);
  // Whoever waits for the end hears of a crash; while nobody does yet it must not end the host.
  ended.catch(() => undefined);
  const { issuer, jwk } = start.key;
  const key = await importJWK(jwk, "ES256");
  return {
    port,
    issuer,
    jwksUrl: `http://127.0.0.1:${String(port)}/jwks`,
    ended,
    async token(login) {
      const now = Math.floor(clock.now().getTime() / 1000);
      const accessToken = await new SignJWT({ client_id: clientId, scope, ...groupsOf(subjectOf(login)) })
        .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: jwk.kid })
        .setIssuer(issuer)
        .setSubject(subjectOf(login))
        .setAudience(audience)
        .setIssuedAt(now)
        .setExpirationTime(now + tokenSeconds)
        .setJti(crypto.randomUUID())
        .sign(key);
      return { accessToken, expiresIn: tokenSeconds };
    },
    async stop() {
      await worker.terminate();
    },
  };
}
