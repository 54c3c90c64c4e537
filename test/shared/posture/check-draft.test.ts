import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkDraft, mostItems } from "#shared/posture/check-draft.ts";
import { Day } from "#shared/posture/day.ts";
import { type DraftItem, draftOf } from "#shared/posture/draft.ts";
import { aClaim, aDraft, anItem } from "./a-draft.ts";

const today = Day.parse("2026-11-20");
const pointers = (...items: DraftItem[]) => checkDraft(aDraft(...items), today).map(({ pointer }) => pointer);
const policy = (id: string, parent: string | null) =>
  anItem("policies", { id, title: id, component: id, statement: "Its own policy.", parent });

describe("a draft", () => {
  it("has no fault when all its names lead somewhere", () => {
    expect(
      pointers(
        aClaim({
          id: "a",
          evidence: [
            { id: "e", kind: "source-path", path: "src/a.ts", proves: "That it is done." },
            { id: "r", kind: "check-run", check: "audit", proves: "That it ran." },
          ],
          caveats: [{ id: "c", summary: "Not everywhere.", evidence: ["e"] }],
          parts: [{ id: "p", title: "Part", evidence: ["e"] }],
          confirmation: { on: "2026-11-20", method: "review" },
        }),
        anItem("checks", { id: "audit", title: "Audit", statement: "Audits.", cadence: {} }),
        policy("top", null),
        policy("below", "top"),
      ),
    ).toEqual([]);
  });

  it("names evidence that is there", () => {
    expect(
      pointers(
        aClaim({
          id: "a",
          caveats: [{ id: "c", summary: "Not everywhere.", evidence: ["gone"] }],
          parts: [
            { id: "p", title: "Part", evidence: ["gone"], caveats: [{ id: "d", summary: "No.", evidence: ["gone"] }] },
          ],
          evidence: [{ id: "r", kind: "check-run", check: "constructor", proves: "That it ran." }],
        }),
      ),
    ).toEqual([
      "/claims/a/caveats/0/evidence/0",
      "/claims/a/parts/0/evidence/0",
      "/claims/a/parts/0/caveats/0/evidence/0",
      "/claims/a/evidence/0/check",
    ]);
  });

  it("uses a name once within a list", () => {
    const caveat = { id: "same", summary: "Not everywhere." };
    expect(pointers(aClaim({ id: "a", caveats: [caveat, caveat] }))).toEqual(["/claims/a/caveats/1/id"]);
  });

  it("knows no day that has not come", () => {
    expect(
      pointers(
        aClaim({
          id: "a",
          confirmation: { on: "2026-11-21", method: "review" },
          history: [{ on: "2030-01-01", text: "Later." }],
        }),
      ),
    ).toEqual(["/claims/a/confirmation/on", "/claims/a/history/0/on"]);
  });

  it("publishes nothing that points to what is internal", () => {
    const risk = anItem("risks", { id: "r", title: "R", kind: "gap", statement: "A gap.", claims: ["a"] });
    expect(pointers(aClaim({ id: "a", visibility: "internal" }), risk)).toEqual(["/risks/r/claims/0"]);
    expect(pointers(aClaim({ id: "a" }), risk)).toEqual([]);
  });

  it("has policies that make no circle", () => {
    expect(pointers(policy("a", "b"), policy("b", "c"), policy("c", "a"), policy("d", "a")).toSorted()).toEqual([
      "/policies/a/parent",
      "/policies/b/parent",
      "/policies/c/parent",
    ]);
    expect(pointers(policy("a", "a"))).toEqual(["/policies/a/parent"]);
    expect(pointers(policy("a", "gone"))).toEqual(["/policies/a/parent"]);
  });

  it("finds a circle exactly where walking the parents comes back", () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    void fc.assert(
      fc.property(fc.array(fc.constantFrom(...names, null), { minLength: 6, maxLength: 6 }), (parents) => {
        const parentOf = new Map(names.map((name, at) => [name, parents[at] ?? null]));
        const circular = names.filter((start) => {
          let at = parentOf.get(start) ?? null;
          for (let steps = 0; at !== null && steps < 10; steps++) {
            if (at === start) return true;
            at = parentOf.get(at) ?? null;
          }
          return false;
        });
        const found = pointers(...names.map((name) => policy(name, parentOf.get(name) ?? null)));
        expect(found.toSorted()).toEqual(circular.map((name) => `/policies/${name}/parent`));
      }),
    );
  });

  it("defines a label once", () => {
    const label = (id: string) => anItem("labels", { id, title: id, maturity: "beta", definition: "It works." });
    expect(pointers(label("one"), label("two"))).toEqual(["/labels/two/maturity"]);
  });

  it("has no item that the table could not take", () => {
    const part = (at: number) => ({ id: `p${String(at)}`, title: "Part", statement: "long ".repeat(399).trim() });
    expect(pointers(aClaim({ id: "a", parts: Array.from({ length: 40 }, (_, at) => part(at)) }))).toEqual([]);
    const caveats = Array.from({ length: 20 }, (_, at) => ({
      id: `c${String(at)}`,
      summary: "Not yet.",
      detail: "long ".repeat(399).trim(),
    }));
    expect(pointers(aClaim({ id: "a", caveats, parts: Array.from({ length: 40 }, (_, at) => part(at)) }))).toEqual([
      "/claims/a",
    ]);
  });

  it("holds no more items than a page can list", () => {
    const claim = aClaim({ id: "x" });
    const many = Array.from({ length: mostItems + 1 }, (_, at) => ({
      ...claim,
      item: { ...claim.item, id: `c${String(at)}` },
    }));
    expect(checkDraft(draftOf(many as DraftItem[]), today).map(({ pointer }) => pointer)).toEqual(["/claims"]);
  });

  it("translates texts that are there, into texts that are safe", () => {
    const translated = (texts: Record<string, string>) => pointers(aClaim({ id: "a", translations: { de: texts } }));
    expect(translated({ "/title": "Anspruch", "/statement": "Es ist so." })).toEqual([]);
    expect(translated({ "/nothing": "x" })).toEqual(["/claims/a/translations/de/~1nothing"]);
    expect(translated({ "/id": "b" })).toEqual(["/claims/a/translations/de/~1id"]);
    expect(translated({ "/statement": "<script>" })).toEqual(["/claims/a/translations/de/~1statement"]);
  });
});
