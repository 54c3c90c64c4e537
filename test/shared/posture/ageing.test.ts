import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countPosture } from "#shared/posture/counts.ts";
import { Day, dayAfter, daysBetween } from "#shared/posture/day.ts";
import { freshnessOf } from "#shared/posture/freshness.ts";
import { gateResult } from "#shared/posture/overdue.ts";
import { aClaim, aDraft, anItem } from "./a-draft.ts";

const day = (text: string): Day => Day.parse(text);
const days = fc
  .date({ min: new Date("2000-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
  .map((date) => day(date.toISOString().slice(0, 10)));
const confirmed = (on: string, reviewEvery = "P90D") => ({
  confirmation: { on: day(on), method: "source-search" as const },
  reviewEvery,
});
const exception = (id: string, on: string | null) =>
  anItem("exceptions", {
    id,
    title: id,
    advisory: "RUSTSEC-2024-0388",
    package: id,
    version: "1",
    kind: "unmaintained",
    removalCondition: "It is gone.",
    review: { on },
    tracking: { tool: "cargo-audit", file: ".cargo/audit.toml" },
  });

describe("a claim", () => {
  it("is fresh to the end of the day of its review", () => {
    expect(freshnessOf(confirmed("2026-06-12"), day("2026-09-10"))).toEqual({
      state: "fresh",
      confirmedOn: "2026-06-12",
      reviewBy: "2026-09-10",
      daysLeft: 0,
    });
    expect(freshnessOf(confirmed("2026-06-12"), day("2026-09-11"))).toMatchObject({ state: "overdue", daysOverdue: 1 });
  });

  it("without a date is undated on any day", () => {
    void fc.assert(
      fc.property(days, (today) => {
        expect(freshnessOf({ confirmation: null, reviewEvery: "P90D" }, today)).toEqual({ state: "undated" });
      }),
    );
  });

  it("never grows young again", () => {
    void fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 800 }), (on, interval, passed) => {
        const claim = confirmed(on, `P${String(interval)}D`);
        const today = passed === 0 ? on : dayAfter(on, `P${String(passed)}D`);
        const age = freshnessOf(claim, today);
        expect(age.state).toBe(passed <= interval ? "fresh" : "overdue");
        if (age.state === "overdue") expect(age.daysOverdue).toBe(daysBetween(age.reviewBy, today));
        if (age.state === "fresh") expect(age.daysLeft).toBe(interval - passed);
      }),
    );
  });
});

describe("the gate", () => {
  const { content } = aDraft(
    exception("protobuf", "2026-08-01"),
    exception("derivative", "2026-11-01"),
    exception("daemonize", null),
    aClaim({ id: "old", ...confirmed("2026-06-12") }),
    aClaim({ id: "new", ...confirmed("2026-11-01") }),
    aClaim({ id: "undated" }),
  );

  it("names what is past its day, longest first", () => {
    expect(gateResult(content, day("2026-11-20"))).toEqual({
      pass: false,
      overdue: [
        { what: "exception", id: "protobuf", title: "protobuf", dueOn: "2026-08-01", daysOverdue: 111 },
        { what: "exception", id: "derivative", title: "derivative", dueOn: "2026-11-01", daysOverdue: 19 },
        { what: "claim", id: "old", title: "Claim old", dueOn: "2026-09-10", daysOverdue: 71 },
      ],
    });
  });

  it("looks at one of the two when asked", () => {
    const ids = (only: "exceptions" | "claims") =>
      gateResult(content, day("2026-11-20"), only).overdue.map(({ id }) => id);
    expect(ids("exceptions")).toEqual(["protobuf", "derivative"]);
    expect(ids("claims")).toEqual(["old"]);
  });

  it("is open on the day itself, and shut the day after", () => {
    expect(gateResult(content, day("2026-08-01"), "exceptions").pass).toBe(true);
    expect(gateResult(content, day("2026-08-02"), "exceptions").pass).toBe(false);
  });

  it("passes exactly when no count is past its day", () => {
    void fc.assert(
      fc.property(days, (today) => {
        const counts = countPosture(content, today);
        expect(gateResult(content, today).pass).toBe(counts.age.overdue + counts.overdueExceptions === 0);
      }),
    );
  });
});
