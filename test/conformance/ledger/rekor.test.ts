import { describe, expect, it } from "vitest";
import * as z from "zod";
import { openCheckpoint, parseCheckpoint } from "#shared/ledger/checkpoint.ts";
import { verifyInclusion } from "#shared/ledger/inclusion.ts";
import { leafHash } from "#shared/ledger/merkle.ts";
import { formatTlogProof, openTlogProof } from "#shared/ledger/tlog-proof.ts";
import { noteVerifier, parseNote } from "#shared/signing/note.ts";
import { readSpki } from "#shared/signing/public-key.ts";
import { dataNote, hasAttestationData, readVectors, report } from "./attestation-data.ts";

// Entries of Rekor, a log of other people's with real signatures, as they stand in Sigstore bundles.
const Case = z.object({
  case: z.string(),
  expect: z.string(),
  bundle: z.string().nullable(),
  trustedRoot: z.string().nullable(),
});
const Entry = z.object({
  canonicalizedBody: z.base64(),
  inclusionProof: z.object({
    logIndex: z.string().default("0"),
    rootHash: z.base64(),
    treeSize: z.string(),
    hashes: z.array(z.base64()).default([]),
    checkpoint: z.object({ envelope: z.string() }),
  }),
});
const Bundle = z.object({ verificationMaterial: z.object({ tlogEntries: z.array(Entry).default([]) }) });
const TrustedRoot = z.object({
  tlogs: z.array(z.object({ baseUrl: z.url(), publicKey: z.object({ rawBytes: z.base64() }) })),
});

const bytes = (base64: string): Uint8Array => Buffer.from(base64, "base64");
const cases = z
  .array(Case)
  .parse(readVectors<unknown>("sigstore-conformance/cases.json", []))
  .filter((row) => row.expect === "pass");
const entries = cases.flatMap(({ case: name, bundle, trustedRoot }) => {
  const { success, data } = Bundle.safeParse(bundle === null ? {} : readVectors<unknown>(bundle, {}));
  const verifiers = trustedRoot === null ? [] : logsOf(trustedRoot);
  return success ? data.verificationMaterial.tlogEntries.map((entry) => ({ name, entry, verifiers })) : [];
});

function logsOf(trustedRoot: string) {
  return TrustedRoot.parse(readVectors<unknown>(trustedRoot, { tlogs: [] })).tlogs.map(({ baseUrl, publicKey }) =>
    noteVerifier(new URL(baseUrl).host, readSpki(bytes(publicKey.rawBytes))),
  );
}

describe.skipIf(!hasAttestationData)(`entries of Rekor${dataNote}`, () => {
  it("finds entries to check", () => {
    report(`Rekor entries with checkpoints: ${entries.length}`);
    expect(entries.length).toBeGreaterThan(0);
  });

  it.each(entries)("proves the inclusion of $name, offline and against the log's key", ({ entry, verifiers }) => {
    const { logIndex, rootHash, treeSize, hashes, checkpoint } = entry.inclusionProof;
    const body = bytes(entry.canonicalizedBody);
    const proof = hashes.map(bytes);
    const claim = {
      leafHash: leafHash(body),
      index: Number(logIndex),
      size: Number(treeSize),
      root: bytes(rootHash),
      proof,
    };
    expect(verifyInclusion(claim)).toBe(true);
    expect(verifyInclusion({ ...claim, index: claim.index ^ 1 })).toBe(false);

    const { origin } = parseCheckpoint(parseNote(checkpoint.envelope).text);
    const log = { origin, verifiers };
    expect(openCheckpoint(checkpoint.envelope, log)).toMatchObject({ origin, size: claim.size });
    const file = formatTlogProof({ index: claim.index, proof, checkpoint: checkpoint.envelope });
    expect(openTlogProof(file, body, log)).toMatchObject({ origin, size: claim.size });
    expect(openTlogProof(file, Buffer.concat([body, body]), log)).toBeUndefined();
    expect(openTlogProof(file, body, { ...log, origin: `${origin}x` })).toBeUndefined();
    expect(openTlogProof(file, body, { ...log, verifiers: [] })).toBeUndefined();
  });
});
