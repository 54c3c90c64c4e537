import type { JSONWebKeySet } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { keptKeySet } from "#shared/access/key-set.ts";
import { type SigningIssuer, startSigning } from "./signing-issuer.ts";

let signing: SigningIssuer;
beforeAll(async () => {
  signing = await startSigning();
});

/** A key set that is fetched from a list of answers, by a clock that is moved by hand. */
function keeping(...answers: (JSONWebKeySet | Error)[]) {
  const kept = { loads: 0, seconds: 0, find: async (_kid: string): Promise<string> => "" };
  const find = keptKeySet(
    async () => {
      const answer = answers[Math.min(kept.loads++, answers.length - 1)];
      if (answer instanceof Error) throw answer;
      return answer ?? { keys: [] };
    },
    () => new Date(kept.seconds * 1000),
  );
  kept.find = (kid) =>
    Promise.resolve(find({ alg: "ES256", kid }, { payload: "", signature: "" })).then(
      () => "found",
      (error: Error) => error.name,
    );
  return kept;
}

const renamed = (kid: string): JSONWebKeySet => ({
  keys: signing.jwks.keys.filter(({ alg }) => alg === "ES256").map((key) => ({ ...key, kid })),
});

describe("the keys of a provider", () => {
  it("are fetched once, and again after ten minutes", async () => {
    const kept = keeping(renamed("a"));
    for (const seconds of [0, 1, 599]) {
      kept.seconds = seconds;
      expect(await kept.find("a")).toBe("found");
    }
    expect(kept.loads).toBe(1);
    kept.seconds = 600;
    expect([await kept.find("a"), kept.loads]).toEqual(["found", 2]);
  });

  it("are fetched for a key that is not known, at most once in ten seconds", async () => {
    const kept = keeping(renamed("a"), renamed("b"));
    for (let n = 0; n < 20; n++) expect(await kept.find("b")).toBe("JWKSNoMatchingKey");
    expect(kept.loads).toBe(1);
    kept.seconds = 10;
    expect([await kept.find("b"), kept.loads]).toEqual(["found", 2]);
    for (let n = 0; n < 20; n++) expect(await kept.find("c")).toBe("JWKSNoMatchingKey");
    expect(kept.loads).toBe(2);
  });

  it("are fetched once by many who ask at the same time", async () => {
    const kept = keeping(renamed("a"));
    expect(await Promise.all(Array.from({ length: 20 }, () => kept.find("a")))).toEqual(Array(20).fill("found"));
    expect(kept.loads).toBe(1);
  });

  it("are asked for at most once in ten seconds while they can't be had, and each time it says so", async () => {
    const kept = keeping(new Error("down"), renamed("a"));
    for (let n = 0; n < 20; n++) expect(await kept.find("a")).toBe("KeysUnavailable");
    expect(kept.loads).toBe(1);
    kept.seconds = 10;
    expect([await kept.find("a"), kept.loads]).toEqual(["found", 2]);
  });

  it("count for an hour when the provider can't be reached any more", async () => {
    const kept = keeping(renamed("a"), new Error("down"));
    await kept.find("a");
    kept.seconds = 3_599;
    expect(await kept.find("a")).toBe("found");
    kept.seconds = 3_600;
    expect(await kept.find("a")).toBe("KeysUnavailable");
  });

  it("do not count any more once the provider took them away", async () => {
    const kept = keeping(renamed("a"), renamed("b"));
    await kept.find("a");
    kept.seconds = 600;
    expect([await kept.find("a"), await kept.find("b")]).toEqual(["JWKSNoMatchingKey", "found"]);
  });
});
