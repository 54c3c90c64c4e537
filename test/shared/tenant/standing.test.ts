import { describe, expect, it } from "vitest";
import { active, closing, isToBeDeleted, type Standing, suspended } from "#shared/tenant/standing.ts";

const at = (text: string): Date => new Date(text);
const start = at("2026-11-18T10:00:00.000Z");
const later = at("2026-11-19T10:00:00.000Z");
const serving: Standing = { state: "active" };
const stopped = suspended(serving, "unpaid", start);
const leaving = closing(serving, start);

describe("a tenant's standing", () => {
  it("says why and since when it is suspended; another reason leaves the date", () => {
    expect(stopped).toEqual({ state: "suspended", reason: "unpaid", since: start.toISOString() });
    expect(suspended(stopped, "abuse", later)).toEqual({ ...stopped, reason: "abuse" });
    expect(active(stopped, later)).toEqual(serving);
  });

  it("gives a deletion 30 days, and beginning it again no more", () => {
    expect(leaving).toEqual({
      state: "closing",
      since: start.toISOString(),
      until: "2026-12-18T10:00:00.000Z",
    });
    expect(closing(leaving, later)).toEqual(leaving);
    expect(closing(stopped, start)).toEqual(leaving);
  });

  it("takes a deletion back until its time is over, and not at that moment", () => {
    expect(active(leaving, at("2026-12-18T09:59:59.999Z"))).toEqual(serving);
    expect(suspended(leaving, "abuse", later)).toEqual({
      state: "suspended",
      reason: "abuse",
      since: later.toISOString(),
    });
    const over = at("2026-12-18T10:00:00.000Z");
    expect(isToBeDeleted(leaving, at("2026-12-18T09:59:59.999Z"))).toBe(false);
    expect(isToBeDeleted(leaving, over)).toBe(true);
    for (const change of [active, closing])
      expect(() => change(leaving, over)).toThrow(expect.objectContaining({ code: "conflict" }));
    expect(() => suspended(leaving, "abuse", over)).toThrow(expect.objectContaining({ code: "conflict" }));
  });

  it("never leaves a deletion that was carried out", () => {
    const closed: Standing = { state: "closed", since: start.toISOString() };
    for (const change of [active, closing])
      expect(() => change(closed, later)).toThrow(expect.objectContaining({ code: "conflict" }));
    expect(isToBeDeleted(closed, later)).toBe(false);
  });
});
