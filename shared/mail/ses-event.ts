/** What SES says about a mail that we sent: event publishing to SNS (SES developer guide, "Event data"). Identity notifications name it `notificationType`. */
import * as z from "zod";

const kinds = z.enum(["Send", "Delivery", "Bounce", "Complaint", "Reject", "DeliveryDelay", "Rendering Failure"]);

export const SesEvent = z
  .object({
    eventType: kinds.optional(),
    notificationType: kinds.optional(),
    bounce: z.object({ bounceType: z.enum(["Permanent", "Transient", "Undetermined"]) }).optional(),
    mail: z.object({
      messageId: z.string().regex(/^[A-Za-z0-9._-]{1,200}$/),
      tags: z.record(z.string(), z.array(z.string())).optional(),
    }),
  })
  .transform((event, context) => {
    const kind = event.eventType ?? event.notificationType;
    if (kind !== undefined) return { ...event, kind };
    context.addIssue({ code: "custom", message: "neither eventType nor notificationType is there" });
    return z.NEVER;
  });
export type SesEvent = z.infer<typeof SesEvent>;
