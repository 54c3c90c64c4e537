import { createLocalJWKSet } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { KeysUnavailable, readToken, statedIssuer } from "#shared/access/signed-token.ts";
import { algorithms, audience, issuer, type SigningIssuer, startSigning } from "./signing-issuer.ts";

const now = new Date("2026-11-18T10:00:00.000Z");
const seconds = now.getTime() / 1000;
let signing: SigningIssuer;
beforeAll(async () => {
  signing = await startSigning();
});

const read = (token: string) =>
  readToken(token, { issuer, audiences: [audience], findKey: createLocalJWKSet(signing.jwks) }, now);

/** The token under another protected header: no signature fits it, but nothing may depend on that. */
function withHeader(token: string, header: string): string {
  const [, ...rest] = token.split(".");
  return [Buffer.from(header).toString("base64url"), ...rest].join(".");
}

describe("a token of a provider", () => {
  it.each(algorithms)("is read when it is signed with %s", async (algorithm) => {
    expect(await read(await signing.token(now, { algorithm }))).toMatchObject({ sub: "someone" });
  });

  it.each([
    ["for several audiences", { claims: { aud: ["https://other.example", audience] } }],
    ["just expired, by a clock that is ahead", { claims: { exp: seconds - 4 } }],
    ["just issued, by a clock that is behind", { claims: { iat: seconds + 4, nbf: seconds + 4 } }],
    ["without a type, as Cognito's", { header: { typ: undefined } }],
    ["of the type JWT, as GitHub's", { header: { typ: "JWT" } }],
    ["with the digest of a certificate, as GitHub's", { header: { x5t: "eBZ_cn3sXYAd0ch4THBKHIgOwOE" } }],
  ])("is read %s", async (_, change) => expect(await read(await signing.token(now, change))).toBeDefined());

  it.each([
    ["expired", { claims: { exp: seconds - 5 } }],
    ["without an end", { claims: { exp: undefined } }],
    ["with an end in words", { claims: { exp: "tomorrow" } }],
    ["not yet valid", { claims: { nbf: seconds + 6 } }],
    ["issued in the future", { claims: { iat: seconds + 6 } }],
    ["older than a day", { claims: { iat: seconds - 86_401, exp: seconds + 60 } }],
    ["without a time", { claims: { iat: undefined } }],
    ["of another issuer", { claims: { iss: `${issuer}/` } }],
    ["for another audience", { claims: { aud: `${audience}/` } }],
    ["for no audience", { claims: { aud: undefined } }],
    ["for an audience that only begins alike", { claims: { aud: [`${audience}.evil.example`] } }],
    ["of nobody", { claims: { sub: undefined } }],
    ["of a nameless somebody", { claims: { sub: "" } }],
    ["of somebody whose name is no text", { claims: { sub: 7 } }],
    ["of another type", { header: { typ: "logout+jwt" } }],
    ["that brings its key along", { header: { jwk: { kty: "EC" } } }],
    ["that says where its key is", { header: { jku: "https://evil.example/keys" } }],
    ["that says where its certificate is", { header: { x5u: "https://evil.example/certificate" } }],
    ["that brings its certificate along", { header: { x5c: ["MIIB"] } }],
    ["with an unknown key", { header: { kid: "other" } }],
    ["with the key of another algorithm", { header: { kid: "RS256" } }],
    ["with a text that is not known", { header: { kid: 7 } }],
  ])("is not read %s", async (_, change) =>
    expect(await read(await signing.token(now, change as object))).toBeUndefined(),
  );

  it.each([
    '{"alg":"none"}',
    '{"alg":"HS256","kid":"ES256"}',
    '{"alg":"es256","kid":"ES256"}',
    '{"alg":"ES256","alg":"ES256","kid":"ES256"}',
    '{"alg":"ES256","kid":"ES256","kid":"RS256"}',
    '{"alg":"ES256","\\u0061lg":"RS256","kid":"ES256"}',
    '{"alg":"ES256","kid":"ES256","typ":"at+jwt","typ":"at+jwt"}',
    '{"alg":"ES256","kid":"ES256","crit":["b64"],"b64":false}',
    '{"alg":"ES256","kid":"ES256"} x',
    '["ES256"]',
    "null",
    "",
  ])("is not even looked at under the header %s", async (header) => {
    const findKey = () => Promise.reject(new Error("a key was looked for"));
    const token = withHeader(await signing.token(now), header);
    expect(await readToken(token, { issuer, audiences: [audience], findKey }, now)).toBeUndefined();
    expect(statedIssuer(token)).toBeUndefined();
  });

  it("is not read with any character of it changed", async () => {
    const token = await signing.token(now);
    // The last character of an ES256 signature has four bits that say nothing.
    for (let at = 0; at < token.length - 1; at++) {
      const other = token[at] === "A" ? "B" : "A";
      expect(await read(token.slice(0, at) + other + token.slice(at + 1)), `at ${String(at)}`).toBeUndefined();
    }
  });

  it.each(["", ".", "..", "a.b", "a.b.c.d", "a.b.c", `${"a".repeat(8_190)}.b.c`])("is none of %j", async (text) => {
    expect(await read(text)).toBeUndefined();
    expect(statedIssuer(text)).toBeUndefined();
  });

  it("is not judged while the provider's keys can't be had", async () => {
    const findKey = () => Promise.reject(new KeysUnavailable("no"));
    await expect(readToken(await signing.token(now), { issuer, audiences: [audience], findKey }, now)).rejects.toThrow(
      KeysUnavailable,
    );
  });

  it("says who issued it before it is verified", async () => {
    expect(statedIssuer(await signing.token(now))).toBe(issuer);
    expect(statedIssuer(await signing.token(now, { claims: { iss: 7 } }))).toBeUndefined();
  });
});
