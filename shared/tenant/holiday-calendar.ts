import * as z from "zod";

/** A country (ISO 3166-1 alpha-2) or one of its subdivisions (ISO 3166-2), whose public holidays count: `DE`, `DE-BY`. */
const Region = z.string().regex(/^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/, "write a region of ISO 3166, such as DE or DE-BY");

const everyYear = /^--(\d{2}-\d{2})$/;
/** A leap year: `--02-29` is a day in it. */
const anyYear = "2024";

/** A day on which nobody works: one date (`2026-12-24`), or one of every year (`--12-24`, as RFC 6350 section 4.3.1 writes it). */
const ClosingDay = z.string().refine((day) => {
  const date = everyYear.test(day) ? `${anyYear}${day.slice(1)}` : day;
  return z.iso.date().safeParse(date).success;
}, "write a day as 2026-12-24, or as --12-24 for every year");

/** The days that are no business days, beside Saturday and Sunday. Public holidays of all regions count. */
export const HolidayCalendar = z.strictObject({
  regions: z.array(Region).max(10).refine(areDistinct, "name each region once"),
  closingDays: z.array(ClosingDay).max(200).refine(areDistinct, "name each day once"),
});

function areDistinct(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
