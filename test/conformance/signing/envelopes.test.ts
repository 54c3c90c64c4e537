import { describe, expect, it } from "vitest";
import { verifyEnvelope } from "#shared/signing/dsse.ts";
import { type PublicKey, readSpki } from "#shared/signing/public-key.ts";
import { flipBit } from "#test/shared/signing/local-signer.ts";
import { collected, collectionNote, hasCollection, report } from "./collection.ts";

interface NpmKeys {
  readonly keys: readonly { readonly publicKey: { readonly rawBytes: string } }[];
}
interface Attestations {
  readonly attestations: readonly {
    readonly bundle: {
      readonly verificationMaterial: { readonly publicKey?: object };
      readonly dsseEnvelope: { readonly signatures: readonly { readonly sig: string }[] };
    };
  }[];
}

const folder = "slsa-verifier/npm/gha";
const good = [
  "provenance-npm-test-cli-v02-prega",
  "provenance-npm-test-cli-v1-prega",
  "supreme-googles-cli-v02-tag",
  "provenance-npm-test-cli-v02-prega-invalidsigprov",
  "provenance-npm-test-cli-v1-prega-invalidsigprov",
  "supreme-googles-cli-v02-tag-invalidsigprov",
];
const bad = [
  "provenance-npm-test-cli-v02-prega-invalidsigpub",
  "provenance-npm-test-cli-v1-prega-invalidsigpub",
  "supreme-googles-cli-v02-tag-invalidsigpub",
];

const keys: PublicKey[] = collected<NpmKeys>("trust/npmjs-keys.json", { keys: [] }).keys.map(({ publicKey }) =>
  readSpki(Buffer.from(publicKey.rawBytes, "base64")),
);

/** The envelopes that npm signed with a key of its own: of each pair, the one about the publishing. */
function publishEnvelopes(names: readonly string[]) {
  return names.flatMap((name) => {
    const { attestations } = collected<Attestations>(`${folder}/${name}.tgz.json`, { attestations: [] });
    const keyed = attestations.filter(({ bundle }) => bundle.verificationMaterial.publicKey !== undefined);
    return keyed.map(({ bundle }) => bundle.dsseEnvelope);
  });
}

describe.skipIf(!hasCollection)(`npm's signed envelopes${collectionNote}`, () => {
  it("are verified with npm's keys", () => {
    const verified = publishEnvelopes(good).filter((envelope) => verifyEnvelope(envelope, keys) !== undefined);
    report(`npm publish attestations: ${verified.length} of ${good.length} verified`);
    expect(verified).toHaveLength(good.length);
  });

  it("are refused where slsa-verifier's authors spoilt the signature", () => {
    const envelopes = publishEnvelopes(bad);
    expect(envelopes).toHaveLength(bad.length);
    expect(envelopes.filter((envelope) => verifyEnvelope(envelope, keys))).toEqual([]);
  });

  it("are refused with any bit of the signature flipped", () => {
    const [envelope] = publishEnvelopes(good);
    const signature = Buffer.from(envelope?.signatures[0]?.sig ?? "", "base64");
    for (let bit = 0; bit < signature.length * 8; bit++) {
      const sig = Buffer.from(flipBit(signature, bit)).toString("base64");
      expect(verifyEnvelope({ ...envelope, signatures: [{ sig }] }, keys), `bit ${bit}`).toBeUndefined();
    }
  });
});
