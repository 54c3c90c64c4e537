import { describe, expect, it } from "vitest";
import { formatNote, type NoteVerifier, noteKeyId, noteVerifier, parseNote, verifyNote } from "#shared/signing/note.ts";
import { type PublicKey, readSpki } from "#shared/signing/public-key.ts";
import { flipTextBit } from "#test/shared/signing/local-signer.ts";
import { collected, collectionNote, hasCollection, report } from "./collection.ts";

interface TrustedRoot {
  readonly tlogs: readonly { readonly baseUrl: string; readonly publicKey: { readonly rawBytes: string } }[];
}
interface Bundle {
  readonly verificationMaterial: {
    readonly tlogEntries?: readonly {
      readonly inclusionProof?: { readonly checkpoint?: { readonly envelope: string } };
    }[];
  };
}
interface Case {
  readonly case: string;
  readonly expect: "pass" | "fail";
  readonly bundle: string;
  readonly trustedRoot: string | null;
}
interface Checkpoint {
  readonly case: string;
  readonly note: string;
  readonly verifiers: readonly NoteVerifier[];
}

const cases = collected<Case[]>("sigstore-conformance/cases.json", []);
/** Cases that are to fail because of the note's signatures; the others of them fail elsewhere. */
const badNotes = [
  "checkpoint-bad-keyhint_fail",
  "invalid-checkpoint-signature_fail",
  "rekor2-checkpoint-missing-log-signature_fail",
];

function logsOf(trustedRoot: string): { readonly name: string; readonly key: PublicKey }[] {
  return collected<TrustedRoot>(trustedRoot, { tlogs: [] }).tlogs.map(({ baseUrl, publicKey }) => ({
    name: new URL(baseUrl).host,
    key: readSpki(Buffer.from(publicKey.rawBytes, "base64")),
  }));
}

function checkpointsOf({ case: name, bundle, trustedRoot }: Case): Checkpoint[] {
  const verifiers = logsOf(trustedRoot ?? "trust/trusted_root.public-good.json").map((log) =>
    noteVerifier(log.name, log.key),
  );
  const entries = collected<Bundle>(bundle, { verificationMaterial: {} }).verificationMaterial.tlogEntries ?? [];
  const notes = entries.flatMap(({ inclusionProof }) => inclusionProof?.checkpoint?.envelope ?? []);
  return notes.map((note) => ({ case: name, note, verifiers }));
}

describe.skipIf(!hasCollection)(`the notes of Sigstore's logs${collectionNote}`, () => {
  it("have the key ids c0d23d6a (ECDSA) and cf119915 (Ed25519)", () => {
    const logs = logsOf("trust/trusted_root.public-good.json");
    expect(logs.map(({ name, key }) => [name, key.algorithm, noteKeyId(name, key)])).toEqual([
      ["rekor.sigstore.dev", "ES256", "c0d23d6a"],
      ["log2025-1.rekor.sigstore.dev", "Ed25519", "cf119915"],
    ]);
  });

  it("are verified on every good checkpoint, and written as they were read", () => {
    const good = cases.filter((one) => one.expect === "pass").flatMap(checkpointsOf);
    const wrong = good.filter(({ note, verifiers }) => verifyNote(note, verifiers) === undefined);
    const changed = good.filter(({ note }) => formatNote(parseNote(note).text, parseNote(note).signatures) !== note);
    report(`Sigstore checkpoints: ${good.length - wrong.length} of ${good.length} verified`);
    expect({ wrong, changed }).toEqual({ wrong: [], changed: [] });
    expect(good.length).toBe(15);
  });

  it("are refused where a log did not sign, or wrote another key's id", () => {
    const bad = cases.filter((one) => badNotes.includes(one.case)).flatMap(checkpointsOf);
    expect(bad.map((one) => one.case)).toEqual(badNotes);
    expect(bad.filter(({ note, verifiers }) => verifyNote(note, verifiers))).toEqual([]);
  });

  it("are refused with any bit of text or of the log's signature flipped", () => {
    const [first] = cases.filter((one) => one.case === "happy-path-v0.3").flatMap(checkpointsOf);
    const { note = "", verifiers = [] } = first ?? {};
    for (let bit = 0; bit < Buffer.byteLength(note) * 8; bit++)
      expect(verifyNote(flipTextBit(note, bit), verifiers), `bit ${bit}`).toBeUndefined();
  });
});
