import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { calculateJwkThumbprint } from "jose";
import { describe, expect, it } from "vitest";
import { Malformed } from "#shared/signing/malformed.ts";
import {
  findByThumbprint,
  formatPem,
  jwkThumbprint,
  keyThumbprint,
  publicJwk,
  readJwk,
  readPem,
  readRawKey,
  readSpki,
} from "#shared/signing/public-key.ts";
import { flipBit, localEcdsaSigner, localEd25519Signer } from "./local-signer.ts";

// RFC 7638 §3.1.
const RFC_7638 = {
  kty: "RSA",
  n: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
  e: "AQAB",
  alg: "RS256",
  kid: "2011-04-29",
} as const;
// RFC 8037 Appendix A.2, A.3.
const RFC_8037 = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" } as const;
// RFC 7515 Appendix A.3.
const RFC_7515 = {
  kty: "EC",
  crv: "P-256",
  x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
  y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
} as const;

const signers = [localEcdsaSigner(), localEd25519Signer()];

describe("a thumbprint", () => {
  it("is that of RFC 7638's example", () => {
    expect(jwkThumbprint(RFC_7638)).toBe("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  });

  it("is that of RFC 8037's example", () => {
    expect(keyThumbprint(readJwk(RFC_8037))).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  });

  it.each([...signers.map(({ publicKey }) => publicJwk(publicKey)), RFC_7515])("is jose's for $crv", async (jwk) => {
    expect(keyThumbprint(readJwk(jwk))).toBe(await calculateJwkThumbprint(jwk));
  });

  it("finds its key, and nothing without a kid", () => {
    const [first, second] = signers.map(({ publicKey }) => publicKey);
    const find = findByThumbprint(first ? [first] : []);
    expect(find(first && keyThumbprint(first))).toBe(first);
    expect(find(second && keyThumbprint(second))).toBeUndefined();
    expect(find(undefined)).toBeUndefined();
  });
});

describe.each(signers)("a public key for $algorithm", ({ publicKey }) => {
  it("is the same as SPKI, raw key, JWK and PEM, and node:crypto agrees", () => {
    expect(readSpki(publicKey.spki)).toEqual(publicKey);
    expect(readRawKey(publicKey.algorithm, publicKey.raw)).toEqual(publicKey);
    expect(readJwk(publicJwk(publicKey))).toEqual(publicKey);
    expect(readPem(formatPem(publicKey))).toEqual(publicKey);
    expect(readPem(formatPem(publicKey).replaceAll("\n", "\r\n"))).toEqual(publicKey);
    expect(formatPem(publicKey)).toBe(publicKey.object.export({ type: "spki", format: "pem" }));
    expect(publicJwk(publicKey)).toEqual(publicKey.object.export({ format: "jwk" }));
  });

  it("is not shared with whoever gave the bytes", () => {
    const given = Uint8Array.from(publicKey.spki);
    const key = readSpki(given);
    given.fill(0);
    expect(key.spki).toEqual(publicKey.spki);
  });

  it("is refused cut, extended, or of another shape", () => {
    const { spki } = publicKey;
    expect(() => readSpki(spki.subarray(1))).toThrow(Malformed);
    expect(() => readSpki(Buffer.concat([spki, Uint8Array.of(0)]))).toThrow(Malformed);
    expect(() => readPem(`${formatPem(publicKey)}${formatPem(publicKey)}`)).toThrow(Malformed);
    expect(() => readPem(formatPem(publicKey).replaceAll("PUBLIC", "PRIVATE"))).toThrow(Malformed);
  });

  it.each([
    { says: "for encryption", more: { use: "enc" } },
    { says: "whose operations are others", more: { key_ops: ["encrypt"] } },
    { says: "for another algorithm", more: { alg: "ES384" } },
    { says: "with its private part", more: { d: "AAAA" } },
    { says: "with a longer number", more: { x: `${"A".repeat(43)}A` } },
    { says: "with a number spelt another way", more: { x: `${"A".repeat(42)}B` } },
    { says: "on another curve", more: { crv: "P-521" } },
  ])("is refused as a JWK $says", ({ more }) => {
    expect(() => readJwk({ ...publicJwk(publicKey), ...more })).toThrow(Malformed);
  });
});

describe("a P-256 key", () => {
  it("is refused off the curve: every bit of the point counts", () => {
    const { spki } = localEcdsaSigner().publicKey;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: spki.length * 8 - 1 }), (bit) => {
        expect(() => readSpki(flipBit(spki, bit))).toThrow(Malformed);
      }),
    );
  });

  it.each([
    { says: "a P-384 key", spki: spkiOf(generateKeyPairSync("ec", { namedCurve: "P-384" })) },
    { says: "an RSA key", spki: spkiOf(generateKeyPairSync("rsa", { modulusLength: 2048 })) },
    { says: "an X25519 key", spki: spkiOf(generateKeyPairSync("x25519")) },
  ])("is not $says", ({ spki }) => {
    expect(() => readSpki(spki)).toThrow(Malformed);
  });
});

function spkiOf({ publicKey }: { publicKey: ReturnType<typeof generateKeyPairSync>["publicKey"] }): Uint8Array {
  return publicKey.export({ type: "spki", format: "der" });
}
