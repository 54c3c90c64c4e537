import { describe, expect, it } from "vitest";
import { formatJwks, readJwks } from "#shared/signing/jwks.ts";
import {
  firstSigningKey,
  isOld,
  nextUse,
  publishedKeys,
  rotateSigningKey,
  versionInUse,
} from "#shared/signing/signing-key.ts";
import { localEcdsaSigner } from "./local-signer.ts";

const made = (kmsKey: string) => ({ kmsKey, spki: localEcdsaSigner().publicKey.spki });
const at = (text: string) => new Date(`${text}Z`);
const first = firstSigningKey(made("one"), at("2026-01-01T00:00:00.900"));
const rotated = rotateSigningKey(first, made("two"), at("2027-01-01T12:00:00"));

describe("a signing key", () => {
  it("signs with its first version at once", () => {
    expect(versionInUse(first, at("2026-01-01T00:00:00.900")).kmsKey).toBe("one");
    expect(nextUse(first, at("2026-01-01T00:00:00.900"))).toBeUndefined();
    expect(first.versions[0]?.usedFrom).toBe("2026-01-01T00:00:00.000Z");
  });

  it("is old after 365 days, and not again once a further version is made", () => {
    expect(isOld(first, at("2026-12-31T23:59:59"))).toBe(false);
    expect(isOld(first, at("2027-01-01T00:00:00"))).toBe(true);
    expect(isOld(rotated, at("2027-01-01T12:00:00"))).toBe(false);
    expect(isOld(rotated, at("2028-01-02T12:00:00"))).toBe(true);
  });

  it.each([
    ["2027-01-01T12:00:00", "one"],
    ["2027-01-02T11:59:59", "one"],
    ["2027-01-02T12:00:00", "two"],
    ["2027-02-01T00:00:00", "two"],
  ])("after a rotation signs at %s with %s", (instant, kmsKey) => {
    expect(versionInUse(rotated, at(instant)).kmsKey).toBe(kmsKey);
  });

  it("names the moment at which the next version begins to sign", () => {
    expect(nextUse(rotated, at("2027-01-01T13:00:00"))).toEqual(at("2027-01-02T12:00:00"));
    expect(nextUse(rotated, at("2027-01-02T12:00:00"))).toBeUndefined();
  });

  it("gives the old version an end an hour after that, and leaves an end that is there", () => {
    expect(rotated.versions.map(({ retiredAt }) => retiredAt)).toEqual(["2027-01-02T13:00:00.000Z", undefined]);
    const again = rotateSigningKey(rotated, made("three"), at("2028-01-03T00:00:00"));
    expect(again.versions.map(({ version, retiredAt }) => [version, retiredAt])).toEqual([
      [1, "2027-01-02T13:00:00.000Z"],
      [2, "2028-01-04T01:00:00.000Z"],
      [3, undefined],
    ]);
    expect(again.revision).toBe(3);
  });

  it("shows all its versions in a key set, with what they are for", () => {
    const keys = readJwks(JSON.parse(JSON.stringify(formatJwks(publishedKeys(rotated, "statements")))));
    expect(keys.map(({ usedFrom, retiredAt, purpose }) => [usedFrom, retiredAt, purpose])).toEqual([
      [at("2026-01-01T00:00:00"), at("2027-01-02T13:00:00"), "statements"],
      [at("2027-01-02T12:00:00"), undefined, "statements"],
    ]);
  });
});
