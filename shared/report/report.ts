import * as z from "zod";
import { TenantId } from "#shared/tenant/tenant.ts";

/** RFC 3339, UTC, milliseconds: sorts as text. */
export const Instant = z.iso.datetime({ precision: 3 });

/** What a report's flags can say. Each is a hint to a person; none decides anything later by itself. */
const reportFlags = [
  "sender-unverified",
  "sender-failed",
  "possible-duplicate",
  "message-id-reused",
  "bad-token",
  "several-from",
  "automatic",
  "not-scanned",
  "incomplete-reading",
] as const;
export const ReportFlag = z.enum(reportFlags);
export type ReportFlag = z.infer<typeof ReportFlag>;

/** States of a report (ISO/IEC 30111 handling phases). */
const ReportState = z.enum(["new", "acknowledged", "triaging", "accepted", "fixing", "fixed", "disclosed", "closed"]);

/** What became of the acknowledgement: `due` waits in the outbox, `digest` is told in one mail with others, `none` has a reason. */
export const Acknowledgement = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("due"), outboxItem: z.string() }),
  z.strictObject({ state: z.literal("digest"), outboxItem: z.string() }),
  z.strictObject({ state: z.literal("none"), reason: z.string() }),
]);
export type Acknowledgement = z.infer<typeof Acknowledgement>;

/** A report as it is kept: metadata in clear, nothing that the reporter wrote. */
export const Report = z.object({
  id: z.string(),
  tenant: TenantId,
  number: z.string(),
  state: ReportState,
  flags: z.array(ReportFlag),
  via: z.enum(["mail"]),
  receivedAt: Instant,
  changedAt: Instant,
  /** A title that staff gave it. What the reporter called it is sealed. */
  title: z.string().optional(),
  acknowledgement: Acknowledgement,
  messages: z.int().min(1),
  version: z.int().min(1),
});
export type Report = z.infer<typeof Report>;
