/** An OpenID provider as far as an API knows one: a name, and keys that are fetched over HTTP. */
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { listenOnLoopback } from "#infra/local/listen.ts";
import type { TokenRules } from "#shared/access/caller.ts";
import type { MovableClock } from "./movable-clock.ts";

export const issuerName = "https://login.example";
export const audience = "https://api.example";
const keyId = "test-1";

/** Claims to say otherwise; `undefined` leaves one out. */
type Claims = { readonly [Name in keyof JWTPayload]?: JWTPayload[Name] | undefined };

export interface Issuer {
  /** How the API is told about this issuer. */
  rules(): TokenRules;
  readonly publicKey: Awaited<ReturnType<typeof generateKeyPair>>["publicKey"];
  /** What the key endpoint answers; `undefined` answers nothing and hangs up. */
  answer: { readonly status: number; readonly body: string } | undefined;
  /** An access token, good for five minutes. `claims` and `header` change what it says; `undefined` takes a claim away. */
  token(subject: string, claims?: Claims, header?: { alg?: string; kid?: string }): Promise<string>;
  close(): Promise<void>;
}

export async function startIssuer(clock: MovableClock): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: keyId, alg: "ES256", use: "sig" }] });
  const server = createServer((request, response) => {
    if (!issuer.answer) return void request.socket.destroy();
    response.writeHead(issuer.answer.status, { "content-type": "application/json" }).end(issuer.answer.body);
  });
  const port = await listenOnLoopback(server, 0);
  const issuer: Issuer = {
    rules: () => ({
      issuer: issuerName,
      audience,
      jwksUrl: `http://127.0.0.1:${String(port)}/jwks`,
    }),
    publicKey,
    answer: { status: 200, body: keys },
    async token(subject, claims = {}, header = {}) {
      const now = Math.floor(clock.now().getTime() / 1000);
      const payload = {
        iss: issuerName,
        aud: audience,
        sub: subject,
        iat: now,
        exp: now + 300,
        ...claims,
      } as JWTPayload;
      return new SignJWT(payload)
        .setProtectedHeader({ alg: "ES256", kid: keyId, typ: "at+jwt", ...header })
        .sign(privateKey);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return issuer;
}
