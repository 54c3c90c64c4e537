import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Day, dayAfter, dayIn, daysBetween, Period } from "#shared/posture/day.ts";

const day = (text: string): Day => Day.parse(text);
const days = fc
  .date({ min: new Date("1990-01-01"), max: new Date("2900-01-01"), noInvalidDate: true })
  .map((date) => day(date.toISOString().slice(0, 10)));

describe("days", () => {
  it("are days of the calendar", () => {
    expect(Day.safeParse("2028-02-29").success).toBe(true);
    for (const bad of ["2026-02-29", "2026-13-01", "2026-1-1", "0000-01-01", "2026-04-31", "2026-01-01T00:00:00Z", ""])
      expect(Day.safeParse(bad).success, bad).toBe(false);
  });

  it("are those of the zone", () => {
    const instant = new Date("2026-11-01T03:30:00Z");
    expect(dayIn("America/Chicago", instant)).toBe("2026-10-31");
    expect(dayIn("Europe/Berlin", instant)).toBe("2026-11-01");
    expect(dayIn("Pacific/Kiritimati", new Date("2026-11-01T10:00:00Z"))).toBe("2026-11-02");
  });

  it("add up", () => {
    expect(dayAfter(day("2026-06-12"), "P90D")).toBe("2026-09-10");
    expect(dayAfter(day("2027-01-31"), "P1M")).toBe("2027-02-28");
    expect(dayAfter(day("2028-02-29"), "P1Y")).toBe("2029-02-28");
    expect(dayAfter(day("2026-12-15"), "P2W")).toBe("2026-12-29");
    expect(dayAfter(day("2026-12-15"), "P1M")).toBe("2027-01-15");
    expect(daysBetween(day("2026-06-12"), day("2026-11-20"))).toBe(161);
  });

  it("go there and back", () => {
    void fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 3660 }), (start, count) => {
        expect(daysBetween(start, dayAfter(start, `P${String(count)}D`))).toBe(count);
      }),
    );
    void fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 120 }), (start, months) => {
        const end = dayAfter(start, `P${String(months)}M`);
        expect(Number(end.slice(8))).toBeLessThanOrEqual(Number(start.slice(8)));
        expect(Number(end.slice(0, 4)) * 12 + Number(end.slice(5, 7))).toBe(
          Number(start.slice(0, 4)) * 12 + Number(start.slice(5, 7)) + months,
        );
      }),
    );
  });

  it("have periods of a sensible length", () => {
    for (const good of ["P1D", "P90D", "P10Y", "P6M", "P52W"]) expect(Period.safeParse(good).success, good).toBe(true);
    for (const bad of ["P0D", "-P1D", "P11Y", "P9999D", "PT48H", "P1.5D", "90D", "P1Y6M"])
      expect(Period.safeParse(bad).success, bad).toBe(false);
  });
});
