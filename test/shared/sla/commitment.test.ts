import { describe, expect, it } from "vitest";
import { Commitment, CommitmentLength } from "#shared/sla/commitment.ts";

const takes = (length: unknown) => CommitmentLength.safeParse(length).success;

describe("the length of a commitment", () => {
  it.each([
    "PT48H",
    "P90D",
    "P1M",
    "P1Y",
    "P6W",
    "PT30M",
    { businessDays: 5 },
    { from: "P1D", to: "P30D" },
    { from: "P0D", to: { businessDays: 5 } },
  ])("may be %j", (length) => {
    // A phase is counted in one unit; business days stand alone.
    expect(takes(length)).toBe(typeof length === "string" || "businessDays" in length || typeof length.to === "string");
  });

  it.each([
    "P0D",
    "PT0H",
    "-P1D",
    "P10000Y",
    "P11Y",
    "P3654D",
    "PT48",
    "48 hours",
    "P1.5D",
    "",
    { businessDays: 0 },
    { businessDays: -5 },
  ])("is not %j", (length) => {
    expect(takes(length)).toBe(false);
  });

  it("as a phase ends after it begins", () => {
    expect(takes({ from: "P30D", to: "P30D" })).toBe(false);
    expect(takes({ from: "P30D", to: "P1D" })).toBe(false);
    expect(takes({ from: "P1D", to: "P2M" })).toBe(false);
  });
});

describe("a commitment", () => {
  const weekly = {
    id: "status",
    title: "Status",
    trigger: "received",
    end: "status-sent",
    length: "P1W",
    repeats: true,
  };

  it("is taken with what else belongs to it", () => {
    expect(
      Commitment.safeParse({
        ...weekly,
        calendar: { timeZone: "Europe/Berlin", holidays: "DE-BY", closedOn: ["2026-12-24"] },
        pausedBy: ["waiting-for-reporter"],
        appliesTo: { severities: ["high", "critical"] },
        notices: [
          { when: { before: "PT24H" }, whom: "assignee" },
          { when: "due", whom: "owners" },
        ],
        words: { de: "Etwa einmal in der Woche." },
      }).error,
    ).toBeUndefined();
  });

  it("knows zones and regions", () => {
    const takesZone = (timeZone: string) => Commitment.safeParse({ ...weekly, calendar: { timeZone } }).success;
    expect(takesZone("America/Argentina/Buenos_Aires")).toBe(true);
    for (const bad of ["Mars/Olympus", "+02:00", "", "Europe/Berlin\u0000", "../etc"])
      expect(takesZone(bad), bad).toBe(false);
    expect(Commitment.safeParse({ ...weekly, calendar: { holidays: "Bavaria" } }).success).toBe(false);
  });
});
