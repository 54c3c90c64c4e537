import { describe, expect, it } from "vitest";
import { verifyJws } from "#shared/signing/jws.ts";
import { unlessMalformed } from "#shared/signing/malformed.ts";
import { readJwk, readSpki } from "#shared/signing/public-key.ts";
import { verifyP1363, verifySignature } from "#shared/signing/verify-signature.ts";
import { collected, collectionNote, hasCollection, report } from "./collection.ts";

interface Case {
  readonly tcId: number;
  readonly result: "valid" | "invalid" | "acceptable";
}
interface EcdsaFile {
  readonly numberOfTests: number;
  readonly testGroups: readonly {
    readonly publicKeyDer: string;
    readonly tests: readonly (Case & { readonly msg: string; readonly sig: string })[];
  }[];
}
interface JwsFile {
  readonly testGroups: readonly {
    readonly comment: string;
    readonly public?: { readonly kty: string; readonly crv?: string; readonly kid?: string };
    readonly tests: readonly (Case & { readonly jws: string })[];
  }[];
}

const hex = (text: string) => Buffer.from(text, "hex");
const none = { numberOfTests: 0, testGroups: [] };

const ecdsa = [
  { form: "DER", file: "ecdsa_secp256r1_sha256_test.json", count: 484, verify: verifySignature },
  { form: "P1363", file: "ecdsa_secp256r1_sha256_p1363_test.json", count: 262, verify: verifyP1363 },
] as const;

describe.skipIf(!hasCollection)(`Wycheproof's signatures${collectionNote}`, () => {
  it.each(ecdsa)(
    "of P-256 in $form are judged as Wycheproof judges them, all $count",
    ({ form, file, count, verify }) => {
      const { numberOfTests, testGroups } = collected<EcdsaFile>(`wycheproof/${file}`, none);
      const wrong = testGroups.flatMap(({ publicKeyDer, tests }) => {
        const key = readSpki(hex(publicKeyDer));
        return tests.filter(({ msg, sig, result }) => verify(key, hex(msg), hex(sig)) !== (result === "valid"));
      });
      report(`Wycheproof ECDSA P-256 ${form}: ${numberOfTests - wrong.length} of ${numberOfTests}`);
      expect(wrong).toEqual([]);
      expect(numberOfTests).toBe(count);
    },
  );

  it("as JWS with ES256 are judged as Wycheproof judges them: 39 by their signature, 2 by what their key is for", async () => {
    const { testGroups } = collected<JwsFile>("wycheproof/json_web_signature_test.json", none);
    const groups = testGroups.filter((group) => group.public?.crv === "P-256");
    const wrong: number[] = [];
    for (const { public: jwk, tests } of groups)
      for (const { tcId, jws, result } of tests) {
        const key = unlessMalformed(() => readJwk(jwk));
        const verified = await verifyJws(jws, { keyFor: (kid) => (kid === jwk?.kid ? key : undefined) });
        if ((verified !== undefined) !== (result === "valid")) wrong.push(tcId);
      }
    const count = groups.reduce((sum, { tests }) => sum + tests.length, 0);
    report(`Wycheproof JWS ES256: ${count - wrong.length} of ${count}`);
    expect(wrong).toEqual([]);
    expect(count).toBe(41);
  });

  it("as JWS of other algorithms are never taken for ours, whatever key of ours is offered", async () => {
    const { testGroups } = collected<JwsFile>("wycheproof/json_web_signature_test.json", none);
    const ours = readJwk(testGroups.find((group) => group.comment === "es256")?.public);
    const others = testGroups.filter((group) => group.public?.crv !== "P-256").flatMap(({ tests }) => tests);
    const taken = [];
    for (const { jws, tcId } of others) if (await verifyJws(jws, { keyFor: () => ours })) taken.push(tcId);
    report(`Wycheproof JWS of other algorithms: ${others.length - taken.length} of ${others.length} refused`);
    expect(taken).toEqual([]);
    expect(others.length).toBe(360);
  });
});
