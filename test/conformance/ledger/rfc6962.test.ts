import { afterAll, describe, expect, it } from "vitest";
import { verifyConsistency, verifySubtreeConsistency } from "#shared/ledger/consistency.ts";
import { verifyInclusion, verifySubtreeInclusion } from "#shared/ledger/inclusion.ts";
import { dataNote, hasAttestationData, readVectors, report } from "./attestation-data.ts";

// The test data of transparency-dev/merkle. Numbers above 2^53 stand for negative ones there (uint64) and are read as
// doubles here, which no verifier takes for a count.
interface Vector {
  readonly id: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}
interface Inclusion extends Vector {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string | null;
  readonly leafHash: string | null;
}
interface SubtreeInclusion extends Omit<Inclusion, "treeSize"> {
  readonly start: number;
  readonly end: number;
}
interface Consistency extends Vector {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string | null;
  readonly root2: string | null;
}
interface SubtreeConsistency extends Omit<Consistency, "size1" | "size2"> {
  readonly start: number;
  readonly end: number;
  readonly size: number;
}

const bytes = (base64: string | null): Uint8Array => Buffer.from(base64 ?? "", "base64");
const proofOf = ({ proof }: Vector): Uint8Array[] => (proof ?? []).map(bytes);
const read = <Case extends Vector>(name: string) => readVectors<Case[]>(`rfc6962/${name}.json`, []);

const verdicts: readonly {
  readonly name: string;
  readonly cases: readonly { vector: Vector; holds: () => boolean }[];
}[] = [
  {
    name: "inclusion",
    cases: read<Inclusion>("inclusion").map((vector) => ({
      vector,
      holds: () => {
        const { leafIdx: index, treeSize: size, root, leafHash } = vector;
        return verifyInclusion({ index, size, root: bytes(root), leafHash: bytes(leafHash), proof: proofOf(vector) });
      },
    })),
  },
  {
    name: "consistency",
    cases: read<Consistency>("consistency").map((vector) => ({
      vector,
      holds: () => {
        const { size1, size2, root1, root2 } = vector;
        return verifyConsistency({ size1, size2, root1: bytes(root1), root2: bytes(root2), proof: proofOf(vector) });
      },
    })),
  },
  {
    name: "subtreeinclusion",
    cases: read<SubtreeInclusion>("subtreeinclusion").map((vector) => ({
      vector,
      holds: () => {
        const { leafIdx: index, start, end, root, leafHash } = vector;
        const subtree = { start, end };
        return verifySubtreeInclusion({
          subtree,
          index,
          root: bytes(root),
          leafHash: bytes(leafHash),
          proof: proofOf(vector),
        });
      },
    })),
  },
  {
    name: "subtreeconsistency",
    cases: read<SubtreeConsistency>("subtreeconsistency").map((vector) => ({
      vector,
      holds: () => {
        const { start, end, size, root1, root2 } = vector;
        const subtree = { start, end };
        return verifySubtreeConsistency({
          subtree,
          subtreeRoot: bytes(root1),
          size,
          root: bytes(root2),
          proof: proofOf(vector),
        });
      },
    })),
  },
];

describe.skipIf(!hasAttestationData)(`proof vectors of RFC 6962${dataNote}`, () => {
  let right = 0;

  it.each(verdicts)("gives the verdict of every $name vector", ({ name, cases }) => {
    const wrong = cases.filter(({ vector, holds }) => holds() === vector.wantErr).map(({ vector }) => vector.id);
    right += cases.length - wrong.length;
    report(`RFC 6962 ${name}: ${cases.length - wrong.length} of ${cases.length}`);
    expect(cases.some(({ vector }) => !vector.wantErr)).toBe(true);
    expect(wrong).toEqual([]);
  });

  afterAll(() => {
    const all = verdicts.reduce((sum, { cases }) => sum + cases.length, 0);
    report(`RFC 6962 vectors: ${right} of ${all}`);
  });
});
