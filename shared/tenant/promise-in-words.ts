import type { PromiseLength } from "./tenant.ts";

/** A promise's length as people say it: "48 hours", "5 business days". */
export function lengthInWords(length: PromiseLength): string {
  if (typeof length === "string") return counted(Number(length.slice(2, -1)), "hour");
  return counted(length.businessDays, "business day");
}

const counted = (count: number, noun: string): string => `${String(count)} ${noun}${count === 1 ? "" : "s"}`;
