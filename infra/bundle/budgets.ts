import type { DoorName } from "#infra/doors.ts";

/** The most that the code of a door may weigh, in kB of 1,000 bytes: what is loaded at each cold start. */
export const budgets: Readonly<Record<DoorName, number>> = {
  "trust-site": 520,
  "inbound-mail": 1020,
  "mail-sweep": 580,
  outbox: 620,
  "outbox-sweep": 520,
  "mail-feedback": 520,
  "admin-api": 800,
};
