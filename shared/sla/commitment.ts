/**
 * A promise with a clock: what starts it, what ends it, how long it may take. The same record is rendered in words on the policy
 * page and run by the engine, so what is said and what is measured can't differ.
 */
import * as z from "zod";
import { Day } from "#shared/posture/day.ts";
import { head } from "#shared/posture/head.ts";
import { line, prose } from "#shared/posture/text.ts";
import { Language } from "#shared/posture/translation.ts";
import { TimeZone } from "#shared/tenant/time-zone.ts";

/** What can happen to a report; a clock begins or ends with one of these. */
const events = [
  "received",
  "acknowledged",
  "timeline-proposed",
  "triaged",
  "status-sent",
  "fix-available",
  "measure-available",
  "fix-published",
  "disclosed",
  "advisory-published",
  "became-aware",
  "exploited",
  "severe-incident",
  "early-warning-filed",
  "notification-filed",
  "report-requested",
  "intermediate-report-filed",
  "final-report-filed",
  "users-told",
  "silence",
  "resent",
  "closed",
] as const;
const CommitmentEvent = z.enum(events);

const tenYears: Readonly<Record<string, number>> = { M: 5_256_000, H: 87_600, D: 3_653, W: 521, months: 120, Y: 10 };

/** An ISO 8601 duration in one unit: `PT30M`, `PT48H`, `P90D`, `P6W`, `P1M`, `P1Y`. Not nothing, and at most ten years. */
const ElapsedTime = z
  .string()
  .regex(/^P(?:[1-9]\d{0,3}[DWMY]|T[1-9]\d{0,6}[HM])$/, {
    error: "write a length of time as PT48H, P90D, P6W, P1M or P1Y",
    abort: true,
  })
  .refine((text) => amountOf(text) <= mostOf(text), "is longer than ten years");

const amountOf = (text: string): number => Number(/\d+/.exec(text)?.[0] ?? Number.NaN);
const mostOf = (text: string): number => tenYears[/^P\d+M$/.test(text) ? "months" : text.slice(-1)] ?? 0;

/** Monday to Friday but for holidays, in the calendar's zone. The length ends with the end of the last of them. */
const BusinessDays = z.strictObject({ businessDays: z.int().min(1).max(730) });

const Single = z.union([ElapsedTime, BusinessDays]);

/** A length of time, or a phase that begins at `from` and ends by `to` after the trigger: days 30 to 75. */
export const CommitmentLength = z.union([
  Single,
  z
    .strictObject({ from: z.union([z.literal("P0D"), ElapsedTime]), to: ElapsedTime })
    .refine(({ from, to }) => from === "P0D" || (from.slice(-1) === to.slice(-1) && amountOf(from) < amountOf(to)), {
      path: ["to"],
      message: "a phase ends after it begins, and both are counted in one unit",
    }),
]);
export type CommitmentLength = z.infer<typeof CommitmentLength>;

const TimeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "write a time of day as 08:30");

/** When days and hours count. Left out: the tenant's zone, Monday to Friday, no holidays. */
const Calendar = z.strictObject({
  timeZone: TimeZone.optional(),
  workingHours: z.strictObject({ from: TimeOfDay, to: TimeOfDay }).optional(),
  /** Whose public holidays do not count: ISO 3166-1, with an ISO 3166-2 region where there is one: `DE`, `DE-BY`. */
  holidays: z
    .string()
    .regex(/^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/, "write a region as DE or DE-BY")
    .optional(),
  closedOn: z.array(Day).max(366).default([]),
});

/** Who is told, and when in relation to the moment it is due. */
const Notice = z.strictObject({
  when: z.union([z.strictObject({ before: ElapsedTime }), z.literal("due"), z.strictObject({ after: ElapsedTime })]),
  whom: z.enum(["assignee", "operators", "owners"]),
});

const Severity = z.enum(["low", "medium", "high", "critical"]);

/** A commitment of a tenant, `title` being what it is called. */
export const Commitment = z.strictObject({
  ...head,
  trigger: CommitmentEvent,
  end: CommitmentEvent,
  length: CommitmentLength,
  /** A promise binds; an aim is what is meant to be done. */
  force: z.enum(["promise", "aim"]).default("promise"),
  /** A duty by law: quiet hours never delay it. */
  legal: z.boolean().default(false),
  /** Starts anew each time it ends, for as long as the report is open. */
  repeats: z.boolean().default(false),
  calendar: Calendar.optional(),
  /** What stops the clock while it lasts. */
  pausedBy: z
    .array(z.enum(["waiting-for-reporter", "waiting-for-upstream", "embargo"]))
    .max(3)
    .default([]),
  /** Whether, and for what, more time may be agreed. */
  extension: z.strictObject({ reasons: z.array(line(200)).min(1).max(10) }).optional(),
  /** Which reports it is for; left out: all. */
  appliesTo: z
    .strictObject({
      severities: z.array(Severity).min(1).max(4).optional(),
      products: z.array(line(120)).min(1).max(40).optional(),
    })
    .optional(),
  notices: z.array(Notice).max(20).default([]),
  /** Added to the words made from the record: "allow for time zones and weekends". */
  statement: prose(1_000).optional(),
  /** Words in place of those made from the record, by language. */
  words: z
    .record(Language, prose(600))
    .refine((languages) => Object.keys(languages).length <= 10, "has at most ten languages")
    .optional(),
  /** Whether the policy page shows how it was kept. */
  showMeasured: z.boolean().default(false),
});
export type Commitment = z.infer<typeof Commitment>;
