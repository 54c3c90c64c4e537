import { describe, expect, it } from "vitest";
import { formatJwks, keyStatus, readJwks, wasInUse } from "#shared/signing/jwks.ts";
import { Malformed } from "#shared/signing/malformed.ts";
import { keyThumbprint, publicJwk } from "#shared/signing/public-key.ts";
import { localEcdsaSigner, localEd25519Signer } from "./local-signer.ts";

const [old, current, next] = [localEcdsaSigner(), localEcdsaSigner(), localEd25519Signer()].map((s) => s.publicKey);
if (!old || !current || !next) throw new Error("three keys");
const day = (text: string) => new Date(`${text}T00:00:00Z`);
const keys = [
  { publicKey: old, usedFrom: day("2026-01-01"), retiredAt: day("2026-06-01") },
  { publicKey: current, usedFrom: day("2026-06-01"), retiredAt: undefined },
  { publicKey: next, usedFrom: day("2026-12-01"), retiredAt: undefined },
];

describe("the JWKS document", () => {
  it("has every key with its times, and nothing private", () => {
    expect(formatJwks(keys)).toEqual({
      keys: [
        { ...publicJwk(old), use: "sig", alg: "ES256", kid: keyThumbprint(old), nbf: 1767225600, exp: 1780272000 },
        { ...publicJwk(current), use: "sig", alg: "ES256", kid: keyThumbprint(current), nbf: 1780272000 },
        { ...publicJwk(next), use: "sig", alg: "Ed25519", kid: keyThumbprint(next), nbf: 1796083200 },
      ],
    });
  });

  it("is read as it was written", () => {
    expect(readJwks(JSON.parse(JSON.stringify(formatJwks(keys))))).toEqual(keys);
  });

  const [jwk] = formatJwks(keys).keys;
  it.each([
    { says: "a kid that is another key's", keys: [{ ...jwk, kid: keyThumbprint(current) }] },
    { says: "a key twice", keys: [jwk, jwk] },
    { says: "a key for encryption", keys: [{ ...jwk, use: "enc" }] },
    { says: "a private key", keys: [{ ...jwk, d: "AAAA" }] },
    { says: "no kid", keys: [{ ...jwk, kid: undefined }] },
    { says: "a time that is no number", keys: [{ ...jwk, exp: "never" }] },
    { says: "a shared secret", keys: [{ kty: "oct", k: "AAAA", kid: "a" }] },
    { says: "no list", keys: "all" },
  ])("is refused with $says", ({ keys: given }) => {
    expect(() => readJwks({ keys: given })).toThrow(Malformed);
  });
});

describe("a key", () => {
  it.each([
    { at: "2025-12-31", status: ["published", "published", "published"] },
    { at: "2026-01-01", status: ["active", "published", "published"] },
    { at: "2026-06-01", status: ["retired", "active", "published"] },
    { at: "2026-12-01", status: ["retired", "active", "active"] },
  ])("is published, active or retired on $at", ({ at, status }) => {
    expect(keys.map((key) => keyStatus(key, day(at)))).toEqual(status);
    expect(keys.map((key) => wasInUse(key, day(at)))).toEqual(status.map((one) => one === "active"));
  });
});
