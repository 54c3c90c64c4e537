/** The time of everything local. */
export interface Clock {
  /** Milliseconds that it is ahead of the machine's own clock. */
  readonly offsetMs: number;
  now(): Date;
}

const duration =
  /^([+-]?)P(?!$)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/;

/**
 * Milliseconds of an ISO 8601 duration counted from `start`, since years and months differ in length. A leading minus goes back.
 * Undefined where the text is no such duration.
 */
export function offsetOf(text: string, start: Date): number | undefined {
  const match = duration.exec(text);
  if (!match) return undefined;
  const [years, months, weeks, days, hours, minutes, seconds] = match
    .slice(2)
    .map((digits: string | undefined) => Number(digits ?? 0) * (match[1] === "-" ? -1 : 1));
  const moved = new Date(start);
  moved.setUTCFullYear(moved.getUTCFullYear() + (years ?? 0), moved.getUTCMonth() + (months ?? 0));
  moved.setUTCDate(moved.getUTCDate() + 7 * (weeks ?? 0) + (days ?? 0));
  return moved.getTime() - start.getTime() + (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000;
}

/** The machine's clock, moved by `offsetMs`. */
export function startClock(offsetMs: number): Clock {
  return { offsetMs, now: () => new Date(Date.now() + offsetMs) };
}
