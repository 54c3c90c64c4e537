/** Calendar days: what a confirmation is dated with, and what a review waits for. */
import * as z from "zod";

const dayLength = 86_400_000;

/** A day as `YYYY-MM-DD` that the calendar has, of the years 1990 to 2999. */
export const Day = z
  .string()
  .regex(/^(?:199\d|2\d{3})-(?:0[1-9]|1[0-2])-(?:[012]\d|3[01])$/, { error: "write a day as YYYY-MM-DD", abort: true })
  .refine((text) => textOf(toNumber(text)) === text, "is not a day of the calendar")
  .brand<"Day">();
export type Day = z.infer<typeof Day>;

/** A length in whole days, weeks, months or years: `P90D`, `P3M`; at most ten years. */
export const Period = z
  .string()
  .regex(/^P[1-9]\d{0,3}[DWMY]$/, { error: "write a period as P90D, P6W, P3M or P1Y", abort: true })
  .refine((text) => approximateDays(text) <= 3_660, "is longer than ten years");
export type Period = z.infer<typeof Period>;

const unitDays: Readonly<Record<string, number>> = { D: 1, W: 7, M: 30, Y: 365 };
const approximateDays = (period: string): number => Number(period.slice(1, -1)) * (unitDays[period.slice(-1)] ?? 0);

/** The day it is in a time zone (IANA name) at an instant. */
export function dayIn(timeZone: string, instant: Date): Day {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
    formatters.set(timeZone, formatter);
  }
  const part = Object.fromEntries(formatter.formatToParts(instant).map(({ type, value }) => [type, value]));
  return `${part["year"]}-${part["month"]}-${part["day"]}` as Day;
}
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Days from one day to another; negative when `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((toNumber(to) - toNumber(from)) / dayLength);
}

/** The day a period after another one. A month's end stays within the month: 31 January and a month is 28 or 29 February. */
export function dayAfter(start: Day, period: Period): Day {
  const count = Number(period.slice(1, -1));
  const unit = period.slice(-1);
  if (unit === "D" || unit === "W") return fromNumber(toNumber(start) + count * (unitDays[unit] ?? 0) * dayLength);
  const [year = 0, month = 0, day = 0] = start.split("-").map(Number);
  const months = year * 12 + (month - 1) + count * (unit === "Y" ? 12 : 1);
  const lastOfMonth = new Date(Date.UTC(Math.floor(months / 12), (months % 12) + 1, 0)).getUTCDate();
  return fromNumber(Date.UTC(Math.floor(months / 12), months % 12, Math.min(day, lastOfMonth)));
}

function toNumber(day: string): number {
  const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
  return Date.UTC(year, month - 1, date);
}

const fromNumber = (instant: number): Day => textOf(instant) as Day;

function textOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}
