import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Claim } from "#shared/posture/claim.ts";
import { confirmed, holdsBy } from "#shared/posture/confirm.ts";
import { Day } from "#shared/posture/day.ts";

const at = (path: string, id = path) => ({ id, kind: "source-path" as const, path, proves: `That it is in ${path}.` });
const url = { id: "page", kind: "url" as const, url: "https://example.org/", proves: "That it is said." };
const claim = (evidence: Claim["evidence"]) =>
  Claim.parse({ id: "a", title: "A", section: "S", statement: "It is so.", evidence });
const confirmation = { on: Day.parse("2026-11-20"), method: "review" as const };

describe("a confirmation", () => {
  it("takes the place of the one before, with what was looked at", () => {
    const before = claim([at("one"), at("two")]);
    const after = confirmed(before, confirmation, [at("moved", "one"), url]);
    expect(after.confirmation).toEqual(confirmation);
    expect(after.evidence.map(({ id }) => id)).toEqual(["one", "two", "page"]);
    expect(after.evidence[0]).toMatchObject({ path: "moved" });
    expect(before.evidence).toHaveLength(2);
  });
});

describe("places in the source", () => {
  const holds = (evidence: Claim["evidence"], ...paths: string[]) => holdsBy({ evidence }, new Set(paths));

  it("carry a claim that rests on them alone", () => {
    expect(holds([at("one"), at("two")], "one", "two", "three")).toEqual({ holds: true });
    expect(holds([at("one"), at("two")], "one")).toEqual({ holds: false, reason: "missing-paths", paths: ["two"] });
    expect(holds([at("one"), url], "one")).toEqual({ holds: false, reason: "other-evidence", evidence: ["page"] });
    expect(holds([], "one")).toEqual({ holds: false, reason: "no-evidence" });
  });

  it("carry exactly the claims whose every path is among them", () => {
    const names = fc.subarray(["one", "two", "three", "four"]);
    void fc.assert(
      fc.property(names, names, (rests, given) => {
        const verdict = holds(
          rests.map((path) => at(path)),
          ...given,
        );
        expect(verdict.holds).toBe(rests.length > 0 && rests.every((path) => given.includes(path)));
      }),
    );
  });
});
