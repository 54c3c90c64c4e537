import { createPublicKey } from "node:crypto";
import fc from "fast-check";
import { compactVerify, createLocalJWKSet, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { formatJwks } from "#shared/signing/jwks.ts";
import { signDetachedJws, signJws, verifyDetachedJws, verifyJws } from "#shared/signing/jws.ts";
import { findByThumbprint, keyThumbprint, readJwk } from "#shared/signing/public-key.ts";
import { flipBit, localEcdsaSigner, localEd25519Signer } from "./local-signer.ts";

const payload = new TextEncoder().encode('{"report":"HEARTH-2026-ABCDEF"}');
const signers = [localEcdsaSigner(), localEd25519Signer()];
const typ = "candor-receipt+jws";

describe.each(signers)("a JWS by $algorithm", (signer) => {
  const keyFor = findByThumbprint(signers.map(({ publicKey }) => publicKey));

  it("is verified by jose with our JWKS, by its kid", async () => {
    const jwks = formatJwks(
      signers.map(({ publicKey }) => ({ publicKey, usedFrom: new Date("2026-11-21T12:00:00Z") })),
    );
    const jws = await signJws(payload, typ, signer);
    const verified = await compactVerify(jws, createLocalJWKSet({ keys: [...jwks.keys] }));
    expect(new Uint8Array(verified.payload)).toEqual(payload);
    expect(verified.protectedHeader).toEqual({ alg: signer.algorithm, kid: keyThumbprint(signer.publicKey), typ });
  });

  it("says what it says, and who signed", async () => {
    const verified = await verifyJws(await signJws(payload, typ, signer), { keyFor, typ });
    expect(verified).toEqual({ payload, typ, kid: keyThumbprint(signer.publicKey), publicKey: signer.publicKey });
  });

  it("is not one of another type", async () => {
    expect(await verifyJws(await signJws(payload, "other", signer), { keyFor, typ })).toBeUndefined();
  });

  it("is not one of an unknown key", async () => {
    expect(await verifyJws(await signJws(payload, typ, signer), { keyFor: () => undefined, typ })).toBeUndefined();
  });

  it("is not one of a key of another algorithm", async () => {
    const other = signers.find(({ algorithm }) => algorithm !== signer.algorithm);
    expect(
      await verifyJws(await signJws(payload, typ, signer), { keyFor: () => other?.publicKey, typ }),
    ).toBeUndefined();
  });

  it("holds detached, for its payload alone", async () => {
    const jws = await signDetachedJws(payload, typ, signer);
    expect(jws).toMatch(/^[\w-]+\.\.[\w-]+$/);
    expect((await verifyDetachedJws(jws, payload, { keyFor, typ }))?.payload).toEqual(payload);
    expect(await verifyDetachedJws(jws, flipBit(payload, 3), { keyFor, typ })).toBeUndefined();
    expect(await verifyDetachedJws(await signJws(payload, typ, signer), payload, { keyFor, typ })).toBeUndefined();
  });

  it("fails with any bit flipped", async () => {
    const jws = Buffer.from(await signJws(payload, typ, signer));
    const check = { keyFor, typ };
    for (let bit = 0; bit < jws.length * 8; bit++)
      expect(await verifyJws(Buffer.from(flipBit(jws, bit)).toString("latin1"), check), `bit ${bit}`).toBeUndefined();
  });

  it("is never made of anything else", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        expect(await verifyJws(text, { keyFor })).toBeUndefined();
      }),
    );
  });
});

describe("verifying", () => {
  // RFC 7515 Appendix A.3: made by others, without kid and typ.
  const RFC_7515 = {
    jwk: {
      kty: "EC",
      crv: "P-256",
      x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
      y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    },
    jws: "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
  };
  const key = readJwk(RFC_7515.jwk);

  it("takes the example of RFC 7515", async () => {
    const verified = await verifyJws(RFC_7515.jws, { keyFor: () => key });
    expect(JSON.parse(Buffer.from(verified?.payload ?? []).toString())).toMatchObject({ iss: "joe" });
    expect(verified).toMatchObject({ kid: undefined, typ: undefined });
  });

  it("takes it in one spelling: not with the unused bits of base64url set", async () => {
    const respelt = RFC_7515.jws.replace(/Q$/, "R");
    const read = (jws: string) => Buffer.from(jws.split(".")[2] ?? "", "base64url");
    expect(read(respelt)).toEqual(read(RFC_7515.jws));
    expect(await verifyJws(respelt, { keyFor: () => key })).toBeUndefined();
  });

  it("refuses a public key used as the secret of an HMAC, and no signature at all", async () => {
    const secret = createPublicKey(key.object.export({ type: "spki", format: "pem" })).export({
      type: "spki",
      format: "pem",
    });
    const forged = await new SignJWT({}).setProtectedHeader({ alg: "HS256" }).sign(Buffer.from(secret));
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.e30.`;
    expect(await verifyJws(forged, { keyFor: () => key })).toBeUndefined();
    expect(await verifyJws(none, { keyFor: () => key })).toBeUndefined();
  });

  it("refuses a header with a kid that is no string, or with an extension it doesn't know", async () => {
    const signer = localEcdsaSigner();
    const sign = async (header: object) => {
      const { privateKey, publicKey } = await signerPair();
      const jws = await new SignJWT({}).setProtectedHeader({ alg: "ES256", ...header }).sign(privateKey);
      return verifyJws(jws, { keyFor: () => publicKey });
    };
    expect(await sign({})).toBeDefined();
    expect(await sign({ kid: 7 })).toBeUndefined();
    expect(await sign({ typ: {} })).toBeUndefined();
    expect(await sign({ jwk: signer.publicKey.object.export({ format: "jwk" }) })).toBeDefined();
  });
});

async function signerPair() {
  const { generateKeyPair, exportJWK } = await import("jose");
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  return { privateKey, publicKey: readJwk(await exportJWK(publicKey)) };
}
