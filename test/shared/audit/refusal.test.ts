import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTold } from "#shared/audit/refusal.ts";
import { strangerName } from "#shared/audit/stranger.ts";

const told = (attempts: number) => Array.from({ length: attempts }, (_, i) => i + 1).filter(isTold);

describe("refused attempts of an hour", () => {
  it("are told one by one, then each time their number has doubled", () => {
    expect(told(700)).toEqual([...Array.from({ length: 20 }, (_, i) => i + 1), 40, 80, 160, 320, 640]);
    expect(told(1_000_000)).toHaveLength(35);
  });

  it("never hide more than half of them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (count) => {
        expect((told(count).at(-1) ?? 0) * 2).toBeGreaterThan(count - 1);
      }),
      { numRuns: 20 },
    );
  });
});

describe("a stranger's name", () => {
  const who = { issuer: "https://login.example", subject: "ann" };

  it("is the same each time, and another one at another tenant, from another issuer, of another subject", () => {
    const names = [
      strangerName("hearth", who),
      strangerName("kestrel", who),
      strangerName("hearth", { ...who, issuer: "https://login.example/" }),
      strangerName("hearth", { ...who, subject: "anna" }),
    ];
    expect(strangerName("hearth", { ...who })).toBe(names[0]);
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^[a-z2-7]{26}$/);
  });
});
