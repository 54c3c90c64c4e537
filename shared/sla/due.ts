import type { PromiseLength } from "#shared/tenant/tenant.ts";

const hour = 3_600_000;
const formatters = new Map<string, Intl.DateTimeFormat>();

/**
 * The instant at which a promise is due that began to run at `start`. Hours run through nights and weekends. Business days
 * are Monday to Friday in the tenant's zone: the promise is kept until the end of the n-th one after the day it began.
 */
export function dueAt(start: Date, length: PromiseLength, timeZone: string): Date {
  if (typeof length === "string") return new Date(start.getTime() + Number(length.slice(2, -1)) * hour);
  let day = localDay(start, timeZone);
  for (let left = length.businessDays; left > 0; ) {
    day += 24 * hour;
    const weekday = new Date(day).getUTCDay();
    if (weekday !== 0 && weekday !== 6) left--;
  }
  return startOfDay(day + 24 * hour, timeZone);
}

/** The calendar day in a zone, as the UTC midnight that bears its date. */
function localDay(instant: Date, timeZone: string): number {
  const wall = wallClock(instant.getTime(), timeZone);
  return wall - (((wall % (24 * hour)) + 24 * hour) % (24 * hour));
}

/** The first instant of a calendar day in a zone, also where the clocks change at midnight. */
function startOfDay(day: number, timeZone: string): Date {
  let instant = day - (wallClock(day, timeZone) - day);
  // The offset may be another one at the instant found; once more settles it.
  instant += day - wallClock(instant, timeZone);
  return new Date(instant);
}

/** What a clock on the wall shows at an instant, read as if it were UTC. */
function wallClock(instant: number, timeZone: string): number {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formatters.set(timeZone, formatter);
  }
  const part = Object.fromEntries(formatter.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour: hours = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hours, minute, second);
}
