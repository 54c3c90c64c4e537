import { describe, expect, it } from "vitest";
import {
  currentVersion,
  isRotationDue,
  isSystemKey,
  KeyName,
  type NamedKey,
  newKey,
  RotationPeriod,
  readingVersion,
  requirePurpose,
  versionState,
  withChangedVersion,
  withSettings,
  withVersion,
  writingVersion,
} from "#shared/transit/key.ts";

const now = new Date("2026-11-21T12:00:00.000Z");
const later = (days: number) => new Date(now.getTime() + days * 86_400_000);
const platform = { origin: "platform", kmsKey: "arn:shared" } as const;
const undecipherable = expect.objectContaining({ code: "undecipherable" }) as Error;
const conflict = expect.objectContaining({ code: "conflict" }) as Error;

function keyOf(versions: number, settings: Parameters<typeof withSettings>[1] = {}): NamedKey {
  let key = newKey({ name: "payments", purpose: "encryption" }, platform, now);
  for (let made = 1; made < versions; made++) key = withVersion(key, platform, now);
  return withSettings(key, settings, now);
}

describe("the name of a key", () => {
  it.each(["a", "0", "payments", "a-b--c", "k".repeat(63)])("may be %s", (name) => {
    expect(KeyName.safeParse(name).success).toBe(true);
  });

  it.each(["", "-a", "A", "a_b", "a.b", "a/b", "a#b", "a:b", "a b", "a\n", "..", "ä", "k".repeat(64), "a%2fb"])(
    "may not be %j",
    (name) => {
      expect(KeyName.safeParse(name).success).toBe(false);
    },
  );

  it("tells Candor's own keys from a tenant's", () => {
    expect(["candor-signing", "candor-", "candor", "my-candor-key"].map(isSystemKey)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe("a version of a key", () => {
  it("encrypts when it is the newest, and no older one in its stead", () => {
    expect(writingVersion(keyOf(3), undefined, now).version).toBe(3);
    const key = keyOf(2);
    const [, newest] = key.versions;
    if (!newest) throw new Error("no second version");
    const without = withChangedVersion(key, { ...newest, retiredAt: now.toISOString() });
    expect(() => writingVersion(without, undefined, now)).toThrow(conflict);
  });

  it("encrypts when it is asked for, from minEncryptVersion on", () => {
    expect(() => writingVersion(keyOf(3), 2, now)).toThrow(conflict);
    const key = keyOf(3, { minEncryptVersion: 2 });
    expect(writingVersion(key, 2, now).version).toBe(2);
    expect(() => writingVersion(key, 1, now)).toThrow(conflict);
    expect(() => writingVersion(key, 4, now)).toThrow(conflict);
    expect(() => writingVersion(withSettings(key, { minEncryptVersion: null }, now), 2, now)).toThrow(conflict);
  });

  it("decrypts when it is older, from minDecryptVersion on, with one failure for all that does not", () => {
    expect(readingVersion(keyOf(3), 1, now).version).toBe(1);
    const key = keyOf(3, { minDecryptVersion: 2 });
    expect(readingVersion(key, 2, now).version).toBe(2);
    for (const asked of [0, 1, 4, 1e9]) expect(() => readingVersion(key, asked, now)).toThrow(undecipherable);
  });

  it("neither encrypts nor decrypts once it is retired or on its way out", () => {
    const key = keyOf(1);
    const [version] = key.versions;
    if (!version) throw new Error("no version");
    for (const end of [{ retiredAt: now.toISOString() }, { shredAt: later(7).toISOString() }]) {
      const ended = withChangedVersion(key, { ...version, ...end });
      expect(() => readingVersion(ended, 1, now)).toThrow(undecipherable);
      expect(() => writingVersion(ended, undefined, now)).toThrow(conflict);
    }
  });

  it("waits until it is published, meanwhile the one before goes on", () => {
    const key = withVersion(keyOf(1), { ...platform, usedFrom: later(1).toISOString() }, now);
    expect(currentVersion(key, now)?.version).toBe(1);
    expect(writingVersion(key, undefined, now).version).toBe(1);
    expect(writingVersion(key, undefined, later(1)).version).toBe(2);
  });

  it("says in one word how it stands", () => {
    const version = { version: 1, ...platform, createdAt: now.toISOString() };
    const [soon, past] = [later(1).toISOString(), later(-1).toISOString()];
    const states = [
      {},
      { usedFrom: soon },
      { usedFrom: past },
      { retiredAt: past },
      { shredAt: soon },
      { shredAt: past },
    ];
    expect(states.map((state) => versionState({ ...version, ...state }, now))).toEqual([
      ...["enabled", "waiting", "enabled", "retired", "shredding", "shredded"],
    ]);
  });
});

describe("the settings of a key", () => {
  it("can't shut the newest version out", () => {
    expect(() => keyOf(2, { minDecryptVersion: 3 })).toThrow(conflict);
    expect(() => keyOf(2, { minEncryptVersion: 3 })).toThrow(conflict);
  });

  it("count every change", () => {
    expect([keyOf(1).revision, keyOf(3).revision]).toEqual([2, 4]);
  });

  it("hold a thousand versions and no more", () => {
    const last = { version: 1_000, ...platform, createdAt: now.toISOString() };
    expect(() => withVersion({ ...keyOf(1), versions: [last] }, platform, now)).toThrow(conflict);
    expect(
      withVersion({ ...keyOf(1), versions: [{ ...last, version: 999 }] }, platform, now).versions[1]?.version,
    ).toBe(1_000);
  });

  it("keep a key for its purpose", () => {
    expect(() => requirePurpose(keyOf(1), "signing")).toThrow(conflict);
    expect(() => requirePurpose(keyOf(1), "encryption")).not.toThrow();
  });
});

describe("rotation by period", () => {
  it("is due when the period is over, and counts anew from each rotation", () => {
    const key = newKey({ name: "k", purpose: "encryption", rotateEvery: "P90D" }, platform, now);
    expect(isRotationDue(key, new Date(later(90).getTime() - 1))).toBe(false);
    expect(isRotationDue(key, later(90))).toBe(true);
    const rotated = withVersion(key, platform, later(91));
    expect(rotated).toMatchObject({ rotateEvery: "P90D", rotateAt: later(181).toISOString() });
  });

  it("begins and ends with the setting", () => {
    const key = withSettings(keyOf(1), { rotateEvery: "P1D" }, now);
    expect(key.rotateAt).toBe(later(1).toISOString());
    expect(withSettings(key, { minDecryptVersion: 1 }, later(1)).rotateAt).toBe(later(1).toISOString());
    expect(withSettings(key, { rotateEvery: null }, now)).not.toHaveProperty("rotateAt");
    expect([keyOf(1), { ...key, deletedAt: now.toISOString() }].map((one) => isRotationDue(one, later(9)))).toEqual([
      false,
      false,
    ]);
  });

  it("is nothing for a key of the tenant's own account", () => {
    const external = { origin: "external", kmsKey: "arn:theirs" } as const;
    const key = newKey({ name: "k", purpose: "encryption", rotateEvery: "P90D" }, platform, now);
    const moved = withVersion(key, external, now);
    expect(moved).not.toHaveProperty("rotateAt");
    expect(() => withSettings(moved, { rotateEvery: "P1D" }, now)).toThrow(conflict);
  });

  it.each(["P0D", "P1M", "P-1D", "PT24H", "90", "P90D ", "P10000D"])("knows no period %j", (period) => {
    expect(RotationPeriod.safeParse(period).success).toBe(false);
  });
});
