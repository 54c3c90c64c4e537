import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dueAt } from "#shared/sla/due.ts";

const due = (start: string, length: Parameters<typeof dueAt>[1], zone: string) =>
  dueAt(new Date(start), length, zone).toISOString();

describe("when a promise is due", () => {
  it("counts hours through a weekend and a change of clocks", () => {
    expect(due("2026-10-24T12:00:00Z", "PT48H", "Europe/Berlin")).toBe("2026-10-26T12:00:00.000Z");
  });

  it("counts business days after the day of arrival, to the end of the last", () => {
    // Friday 20 November 2026, five business days: until Friday 27 November ends in Berlin (UTC+1).
    expect(due("2026-11-20T10:00:00Z", { businessDays: 5 }, "Europe/Berlin")).toBe("2026-11-27T23:00:00.000Z");
    // A Saturday begins no sooner than the Monday after it.
    expect(due("2026-11-21T10:00:00Z", { businessDays: 1 }, "Europe/Berlin")).toBe("2026-11-23T23:00:00.000Z");
  });

  it("takes the tenant's day, not the UTC day", () => {
    // 01:00 UTC on Tuesday is still Monday evening in Chicago (UTC-6), so one business day is Tuesday there.
    expect(due("2026-11-24T01:00:00Z", { businessDays: 1 }, "America/Chicago")).toBe("2026-11-25T06:00:00.000Z");
  });

  it("ends at midnight by the clock that is valid then", () => {
    // Clocks go back in Berlin on Sunday 25 October 2026: Friday is UTC+2, the Monday after it UTC+1.
    expect(due("2026-10-23T10:00:00Z", { businessDays: 1 }, "Europe/Berlin")).toBe("2026-10-26T23:00:00.000Z");
  });

  it("ends at the first instant of the next day where clocks jump over midnight", () => {
    // Beirut, Sunday 29 March 2026: 00:00 becomes 01:00 (UTC+3). A Friday plus one day is Monday; its end is Tuesday 00:00 (UTC+3).
    expect(due("2026-03-27T10:00:00Z", { businessDays: 1 }, "Asia/Beirut")).toBe("2026-03-30T21:00:00.000Z");
  });

  it("is never on a weekend's working time and always later than its start", async () => {
    const zones = ["Europe/Berlin", "America/Chicago", "Pacific/Auckland", "Asia/Kolkata", "UTC", "America/St_Johns"];
    await fc.assert(
      fc.property(
        fc.date({ min: new Date("2020-01-01"), max: new Date("2035-01-01"), noInvalidDate: true }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom(...zones),
        (start, businessDays, zone) => {
          const end = dueAt(start, { businessDays }, zone);
          const lastDay = new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short" }).format(
            end.getTime() - 1,
          );
          expect(["Mon", "Tue", "Wed", "Thu", "Fri"]).toContain(lastDay);
          expect(end.getTime()).toBeGreaterThan(start.getTime());
          const days = (end.getTime() - start.getTime()) / 86_400_000;
          expect(days).toBeLessThan((businessDays / 5) * 7 + 5);
        },
      ),
    );
  });
});
