import * as z from "zod";

/** What EventBridge Scheduler hands to a door: the instant it runs for. "Now" comes from here and from nowhere else. */
export const ScheduleEvent = z.looseObject({
  time: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
});
