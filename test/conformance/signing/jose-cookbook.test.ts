import { createPrivateKey, type JsonWebKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { signJws, verifyJws } from "#shared/signing/jws.ts";
import { readJwk } from "#shared/signing/public-key.ts";
import { localEcdsaSigner, localEd25519Signer } from "#test/shared/signing/local-signer.ts";
import { collected, collectionNote, hasCollection, report } from "./collection.ts";

interface Recipe {
  readonly title: string;
  readonly input: { readonly payload: string; readonly key: JsonWebKey; readonly alg: string };
  readonly output: { readonly compact?: string };
}

const recipes = collected<Recipe[]>("jose/rfc7520-jws.json", []);
const compact = recipes.filter(({ output }) => output.compact !== undefined);

describe.skipIf(!hasCollection)(`the JOSE cookbook${collectionNote}`, () => {
  it("has an Ed25519 signature (RFC 8037 A.4) that we verify, and make again byte for byte but for our header", async () => {
    const recipe = compact.find(({ input }) => input.alg === "EdDSA");
    const { d, ...jwk } = recipe?.input.key ?? {};
    const key = readJwk(jwk);
    const verified = await verifyJws(recipe?.output.compact ?? "", { keyFor: () => key });
    expect(Buffer.from(verified?.payload ?? []).toString()).toBe(recipe?.input.payload);

    const signer = localEd25519Signer(createPrivateKey({ key: { ...jwk, d: d ?? "" }, format: "jwk" }));
    expect(signer.publicKey).toEqual(key);
    const signature = await signer.signMessage(
      Buffer.from(recipe?.output.compact?.split(".").slice(0, 2).join(".") ?? ""),
    );
    expect(Buffer.from(signature).toString("base64url")).toBe(recipe?.output.compact?.split(".")[2]);
    const ours = await signJws(Buffer.from(recipe?.input.payload ?? ""), "text", signer);
    expect(ours.split(".")[1]).toBe(recipe?.output.compact?.split(".")[1]);
  });

  it("has signatures by other algorithms that are refused with their own key's id and with any key of ours", async () => {
    const others = compact.filter(({ input }) => input.alg !== "EdDSA");
    const keys = [localEcdsaSigner().publicKey, localEd25519Signer().publicKey];
    for (const { output, title } of others)
      for (const key of keys)
        expect(await verifyJws(output.compact ?? "", { keyFor: () => key }), title).toBeUndefined();
    report(`JOSE cookbook: ${compact.length - others.length} verified, ${others.length} of other algorithms refused`);
    expect({ verified: compact.length - others.length, refused: others.length }).toEqual({ verified: 1, refused: 7 });
  });

  it("has keys of other algorithms that are not read", () => {
    const others = recipes.filter(({ input }) => input.alg !== "EdDSA");
    for (const { input, title } of others) expect(() => readJwk(input.key), title).toThrow();
    expect(others.length).toBe(10);
  });
});
