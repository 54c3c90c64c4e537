import { removeComments } from "./comments.ts";

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const minute = 60_000;
const shape =
  /(\d{1,2})[\s-]+([a-z]{3})[a-z]*[\s-]+(\d{2,4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([+-]\d{4}|[a-z]{1,5})?/i;
/** RFC 5322 §4.3: the named zones with a meaning; every other name is +0000. */
const zones = new Map<string, number>([
  ["edt", -240],
  ["est", -300],
  ["cdt", -300],
  ["cst", -360],
  ["mdt", -360],
  ["mst", -420],
  ["pdt", -420],
  ["pst", -480],
]);

/** The instant of a Date header (RFC 5322 §3.3 and §4.3), or undefined where it names none. */
export function readMailDate(value: string): Date | undefined {
  const match = shape.exec(removeComments(value.slice(0, 200)));
  if (match === null) return undefined;
  const [, day, monthName = "", yearText = "", hours, minutes, seconds, zone] = match;
  const month = months.indexOf(monthName.toLowerCase());
  const year = yearText.length === 4 ? Number(yearText) : Number(yearText) + (Number(yearText) < 50 ? 2000 : 1900);
  const [d, h, m, s] = [Number(day), Number(hours), Number(minutes), Number(seconds ?? 0)];
  if (month < 0 || d < 1 || d > 31 || h > 23 || m > 59 || s > 60 || year < 1900) return undefined;
  return new Date(Date.UTC(year, month, d, h, m, s) - offsetMinutes(zone) * minute);
}

function offsetMinutes(zone = "+0000"): number {
  if (!/^[+-]/.test(zone)) return zones.get(zone.toLowerCase()) ?? 0;
  const size = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3));
  return zone.startsWith("-") ? -size : size;
}
