import { createLocalJWKSet, type JSONWebKeySet, type JWK } from "jose";
import { describe, expect, it } from "vitest";
import { verifySignedToken } from "#shared/access/signed-token.ts";
import { collected, collectionNote, hasCollection, report } from "../signing/collection.ts";

interface Vectors {
  readonly numberOfTests: number;
  readonly testGroups: readonly {
    readonly comment: string;
    readonly public?: JWK;
    readonly private?: JWK;
    readonly tests: readonly {
      readonly tcId: number;
      readonly comment: string;
      readonly jws: string | object;
      readonly result: "valid" | "invalid";
    }[];
  }[];
}

/** What Wycheproof calls valid and we refuse, each for a reason of our own. What it calls invalid we refuse without exception. */
const reasons: Readonly<Record<string, readonly number[]>> = {
  "a MAC: whoever can check one can make one": [1, 348, 352, 357, 358, 359, 372, 373, 376, 377],
  "an algorithm that no provider of ours uses: RS384, RS512": [264, 265, 266, 267, 268, 269, 270, 271],
  "an algorithm that no provider of ours uses: PS384, PS512": [320, 321, 322, 323, 325, 326, 327, 328, 346, 350],
  "an algorithm that no provider of ours uses: ES512": [347, 351],
};

const vectors = collected<Vectors>("wycheproof/json_web_signature_test.json", { numberOfTests: 0, testGroups: [] });

const cases = vectors.testGroups.flatMap((group) =>
  group.tests.map((test) => ({ ...test, group: group.comment, key: group.public ?? group.private })),
);

/** The provider publishes the group's key, and nothing else. */
async function isTaken(key: JWK | undefined, jws: string | object): Promise<boolean> {
  if (typeof jws !== "string") return false;
  const findKey = createLocalJWKSet({ keys: key ? [key] : [] } as JSONWebKeySet);
  return (await verifySignedToken(jws, findKey)) !== undefined;
}

describe.skipIf(!hasCollection)(`Wycheproof's JSON Web Signatures${collectionNote}`, () => {
  it("are judged by the check of access tokens as Wycheproof judges them, or more strictly for a reason that is listed", async () => {
    const taken = new Set<number>();
    for (const { tcId, key, jws } of cases) if (await isTaken(key, jws)) taken.add(tcId);

    const wronglyTaken = cases.filter(({ tcId, result }) => result === "invalid" && taken.has(tcId));
    const refused = cases.filter(({ tcId, result }) => result === "valid" && !taken.has(tcId));
    const expected = Object.values(reasons)
      .flat()
      .toSorted((one, other) => one - other);
    report(
      `Wycheproof JSON Web Signatures by the token check: ${cases.length} run, ${taken.size} taken, ${wronglyTaken.length} wrongly, ${refused.length} refused for reasons of our own`,
    );
    for (const [reason, ids] of Object.entries(reasons)) report(`  ${ids.length} are ${reason}`);
    expect(wronglyTaken).toEqual([]);
    expect(refused.map(({ tcId }) => tcId)).toEqual(expected);
    expect(cases.length).toBe(401);
  });
});
