import * as z from "zod";

/** The name of a time zone in the IANA database, as it is written there (`Europe/Berlin`) or `UTC`. An offset is none: it knows no summer. */
export const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, "write a time zone by its IANA name, such as Europe/Berlin");

function isTimeZone(name: string): boolean {
  if (!/^[A-Z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
