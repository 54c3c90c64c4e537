/** The day it is in a time zone, and how long it still is. */
import { type Day, dayIn } from "#shared/posture/day.ts";

export interface CurrentDay {
  readonly day: Day;
  /** The instant at which another day begins, to the second. */
  readonly endsAt: number;
}

/** No day is longer: 24 hours, and one for the end of summer. */
const longest = 26 * 3_600_000;
const mostZones = 600;

/** Makes a calendar that works each day of a zone out once. */
export function openCalendar(): (timeZone: string, now: Date) => CurrentDay {
  const known = new Map<string, CurrentDay & { readonly from: number }>();
  return (timeZone, now) => {
    const before = known.get(timeZone);
    if (before && now.getTime() >= before.from && now.getTime() < before.endsAt) return before;
    const day = dayIn(timeZone, now);
    const current = { day, endsAt: endOf(day, timeZone, now.getTime()), from: now.getTime() };
    if (known.size >= mostZones) known.clear();
    known.set(timeZone, current);
    return current;
  };
}

function endOf(day: Day, timeZone: string, now: number): number {
  let within = now;
  let beyond = now + longest;
  while (beyond - within > 1_000) {
    const middle = Math.floor((within + beyond) / 2);
    if (dayIn(timeZone, new Date(middle)) === day) within = middle;
    else beyond = middle;
  }
  return beyond;
}
