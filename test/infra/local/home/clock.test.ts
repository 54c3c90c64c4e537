import { describe, expect, it } from "vitest";
import { offsetOf } from "#infra/local/home/clock.ts";

const start = new Date("2026-01-31T12:00:00Z");
const hour = 3_600_000;

describe("a duration that moves the clock", () => {
  it.each([
    ["PT0S", 0],
    ["P90D", 90 * 24 * hour],
    ["P2W", 14 * 24 * hour],
    ["PT36H", 36 * hour],
    ["P1DT1H1M1S", 25 * hour + 61_000],
    ["-P1D", -24 * hour],
    // 2027 has no leap day between.
    ["P1Y", 365 * 24 * hour],
    // 31 January and a month is 3 March in a year without 29 February.
    ["P1M", 31 * 24 * hour],
  ])("%s is counted from the start", (text, milliseconds) => {
    expect(offsetOf(text, start)).toBe(milliseconds);
  });

  it.each(["", "P", "PT", "90D", "P1H", "P1DT", "P-1D", "1", "P1.5D", "PT1S "])("%s is none", (text) => {
    expect(offsetOf(text, start)).toBeUndefined();
  });
});
