import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { itemsOf } from "#shared/posture/content.ts";
import { countPosture } from "#shared/posture/counts.ts";
import { Day } from "#shared/posture/day.ts";
import { derivedScope } from "#shared/posture/derived-scope.ts";
import { gapsOf } from "#shared/posture/gaps.ts";
import { meaningOf } from "#shared/posture/label.ts";
import { mixOf, standingOf } from "#shared/posture/labels-of.ts";
import { maturities } from "#shared/posture/maturity.ts";
import { inLanguage } from "#shared/posture/translation.ts";
import { aClaim, aDraft, anItem } from "./a-draft.ts";

const today = Day.parse("2026-11-20");
const claims = fc
  .array(
    fc.record({
      label: fc.option(fc.record({ maturity: fc.constantFrom(...maturities) })),
      parts: fc.array(fc.option(fc.record({ maturity: fc.constantFrom(...maturities) })), { maxLength: 4 }),
      caveats: fc.nat(3),
      confirmed: fc.boolean(),
    }),
    { maxLength: 12 },
  )
  .map((all) =>
    aDraft(
      ...all.map(({ label, parts, caveats, confirmed }, at) =>
        aClaim({
          id: `c${String(at)}`,
          label,
          parts: parts.map((own, part) => ({ id: `p${String(part)}`, title: "Part", label: own })),
          caveats: Array.from({ length: caveats }, (_, which) => ({ id: `g${String(which)}`, summary: "Not that." })),
          confirmation: confirmed ? { on: "2026-10-01", method: "review" } : null,
        }),
      ),
    ),
  );

describe("the counts of the first sentence", () => {
  it("add up, whatever the claims are", () => {
    void fc.assert(
      fc.property(claims, ({ content }) => {
        const counts = countPosture(content, today);
        const sum = (numbers: Readonly<Record<string, number>>) => Object.values(numbers).reduce((a, b) => a + b, 0);
        expect(sum(counts.standing)).toBe(counts.claims);
        expect(sum(counts.age)).toBe(counts.claims);
        expect(counts.gaps).toBe(itemsOf(content, "claims").reduce((gaps, { caveats }) => gaps + caveats.length, 0));
      }),
    );
  });
});

describe("a claim over several parts", () => {
  const parts = (...of: ("enforced" | "shipped" | null)[]) => ({
    label: null,
    parts: of.map((maturity, at) => ({
      id: `p${String(at)}`,
      title: "Part",
      label: maturity && { maturity },
      facts: [],
      caveats: [],
      evidence: [],
    })),
  });

  it("stands at what its parts agree on, and is mixed where they don't", () => {
    expect(standingOf(parts("shipped", "shipped"))).toBe("shipped");
    expect(standingOf(parts("shipped", "enforced"))).toBe("mixed");
    expect(mixOf(parts("shipped", "enforced"))).toEqual(["enforced", "shipped"]);
    expect(standingOf(parts(null, null))).toBe("unlabelled");
    expect(standingOf({ ...parts("shipped"), label: { maturity: "enforced" } })).toBe("enforced");
  });
});

describe("a label", () => {
  it("means what the tenant says, and else what is usual", () => {
    const { content } = aDraft(
      anItem("labels", { id: "beta", title: "Trial", maturity: "beta", definition: "On trial." }),
    );
    const definitions = itemsOf(content, "labels");
    expect(meaningOf(definitions, "beta")).toBe("On trial.");
    expect(meaningOf(definitions, "enforced")).toContain("stands in the way");
  });
});

describe("derived scope", () => {
  it("names what is Partial as out and what is Enforced as in, once each", () => {
    void fc.assert(
      fc.property(claims, ({ content }) => {
        const scope = derivedScope(content);
        const labels = itemsOf(content, "claims").flatMap(({ label, parts }) => [
          label,
          ...parts.map((part) => part.label),
        ]);
        expect(scope.out).toHaveLength(labels.filter((label) => label?.maturity === "partial").length);
        expect(scope.in).toHaveLength(labels.filter((label) => label?.maturity === "enforced").length);
      }),
    );
  });

  it("says the part and the qualifier", () => {
    const { content } = aDraft(
      aClaim({ id: "a", title: "Modules", label: { maturity: "enforced", qualifier: "for module mounts" } }),
      aClaim({ id: "b", parts: [{ id: "p", title: "Scripts", label: { maturity: "partial" } }] }),
    );
    expect(derivedScope(content)).toEqual({
      in: [{ claim: "a", title: "Modules", qualifier: "for module mounts" }],
      out: [{ claim: "b", part: "p", title: "Scripts" }],
    });
  });
});

describe("the summary of gaps", () => {
  it("says what claims, the tenant itself and its risks concede, in their words", () => {
    const { content } = aDraft(
      aClaim({
        id: "a",
        caveats: [{ id: "log", summary: "No transparency log is asked.", plan: "After the next release." }],
        parts: [{ id: "p", title: "Part", caveats: [{ id: "exec", summary: "Scripts run unverified." }] }],
      }),
      anItem("purposes", {
        id: "us",
        title: "Us",
        statement: "We are few.",
        caveats: [{ id: "few", summary: "Nobody is on call." }],
      }),
      anItem("risks", { id: "cors", title: "CORS", kind: "gap", statement: "Any origin may ask." }),
      anItem("risks", { id: "poll", title: "Polling", kind: "by-design", statement: "It is open." }),
    );
    expect(gapsOf(content)).toEqual([
      {
        from: { kind: "claims", id: "a", title: "Claim a", caveat: "log" },
        summary: "No transparency log is asked.",
        plan: "After the next release.",
      },
      {
        from: { kind: "claims", id: "a", title: "Claim a", part: "p", caveat: "exec" },
        summary: "Scripts run unverified.",
      },
      { from: { kind: "purposes", id: "us", title: "Us", caveat: "few" }, summary: "Nobody is on call." },
      { from: { kind: "risks", id: "cors", title: "CORS" }, summary: "Any origin may ask." },
    ]);
  });
});

describe("a translation", () => {
  it("stands in for the texts it names, and leaves the item as it was", () => {
    const { content } = aDraft(
      aClaim({
        id: "a",
        caveats: [{ id: "c", summary: "Not yet." }],
        translations: { de: { "/caveats/0/summary": "Noch nicht." } },
      }),
    );
    const [claim] = itemsOf(content, "claims");
    if (!claim) throw new Error("the claim is there");
    expect(inLanguage(claim, "de").caveats[0]?.summary).toBe("Noch nicht.");
    expect(inLanguage(claim, "fr")).toBe(claim);
    expect(claim.caveats[0]?.summary).toBe("Not yet.");
  });
});
