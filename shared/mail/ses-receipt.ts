/** What SES says about a mail that it stored: the SNS message of a receipt rule's S3 action (SES developer guide, "Notification contents"). */
import * as z from "zod";

const Verdict = z.object({ status: z.enum(["PASS", "FAIL", "GRAY", "PROCESSING_FAILED", "DISABLED"]) });

/** Fields that are not read are let through: SES adds new ones without asking. */
export const SesReceipt = z.object({
  notificationType: z.literal("Received"),
  mail: z.object({
    timestamp: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
    /** Envelope sender; empty or `<>` for bounces. */
    source: z.string().max(1000),
    messageId: z.string().regex(/^[A-Za-z0-9._-]{1,200}$/),
  }),
  receipt: z.object({
    /** Envelope recipients that the rule matched. */
    recipients: z.array(z.string().max(500)).max(500),
    spamVerdict: Verdict,
    virusVerdict: Verdict,
    spfVerdict: Verdict,
    dkimVerdict: Verdict,
    dmarcVerdict: Verdict,
    dmarcPolicy: z.enum(["none", "quarantine", "reject"]).optional(),
    action: z.object({ type: z.literal("S3"), objectKey: z.string().min(1).max(1024) }),
  }),
});
export type SesReceipt = z.infer<typeof SesReceipt>;
