/** What the API shows of stored things. */
import * as z from "zod";
import {
  type AttachmentPlace,
  Mailbox,
  type Message,
  MessageContent,
  MessageFlag,
  MessageKind,
} from "#shared/report/message.ts";
import { Instant, Report, ReportFlag } from "#shared/report/report.ts";
import type { OutboxItem } from "#shared/store/outbox.ts";
import { Clocks } from "#shared/store/reports.ts";

const summaryFields = {
  id: z.string(),
  number: z.string(),
  subject: z.string().meta({ description: "The title that staff gave it, else what is known without opening it." }),
  state: Report.shape.state,
  flags: z.array(ReportFlag),
  receivedAt: Instant,
  changedAt: Instant,
  via: Report.shape.via,
  messages: z.int(),
};
const Acknowledgement = z.strictObject({
  by: z.enum(["mail", "digest", "nothing"]),
  reason: z.string().optional().meta({ description: "Why the reporter is not told." }),
  state: z.string().optional().meta({ description: "How far the mail is." }),
  sentAt: z.string().optional(),
});
export const ReportSummary = z
  .strictObject({ ...summaryFields, acknowledgement: Acknowledgement })
  .meta({ id: "ReportSummary" });
export const ReportDetail = z
  .strictObject({ ...summaryFields, acknowledgement: Acknowledgement, clocks: Clocks })
  .meta({ id: "Report" });
export const MessageDetail = z
  .strictObject({
    id: z.string(),
    direction: z.enum(["in", "out", "note"]),
    kind: MessageKind,
    flags: z.array(MessageFlag),
    receivedAt: Instant,
    from: Mailbox.optional(),
    to: z.array(Mailbox),
    cc: z.array(Mailbox),
    subject: z.string(),
    sentAt: z.string().optional(),
    messageId: z.string().optional(),
    text: z.string(),
    textFrom: MessageContent.shape.textFrom,
    problems: z.array(z.string()).meta({ description: "What could not be read as it was meant." }),
    attachments: z.array(
      z.strictObject({
        n: z.int(),
        fileName: z.string(),
        mediaType: z.string(),
        size: z.int(),
        sha256: z.string(),
        inline: z.boolean(),
        href: z.string(),
      }),
    ),
    raw: z.string().optional().meta({ description: "Where the message is as it came." }),
    delivery: z
      .strictObject({ state: z.string(), sentAt: z.string().optional(), messageId: z.string().optional() })
      .optional()
      .meta({ description: "How far a mail that leaves is." }),
  })
  .meta({ id: "Message" });

/** A report in a list: nothing is opened for it. `subject` is the title that staff gave it, else where it came from. */
export function reportSummary(report: Report) {
  const { id, number, state, flags, receivedAt, changedAt, via, messages, acknowledgement } = report;
  return {
    id,
    number,
    subject: report.title ?? `Report by ${via}, not opened`,
    state,
    flags,
    receivedAt,
    changedAt,
    via,
    messages,
    acknowledgement: acknowledgementPlan(acknowledgement),
  };
}

/** How the reporter is told that the report arrived: by a mail of its own, in a digest, or not at all and why. */
function acknowledgementPlan(acknowledgement: Report["acknowledgement"]) {
  if (acknowledgement.state === "none") return { by: "nothing", reason: acknowledgement.reason };
  return { by: acknowledgement.state === "due" ? "mail" : "digest" };
}

/** A report opened: `subject` is what the reporter wrote, unless staff gave it a title. */
export function reportDetail(
  report: Report,
  opened: { readonly subject: string },
  clocks: Clocks,
  sent: OutboxItem | undefined,
) {
  return {
    ...reportSummary(report),
    subject: report.title ?? opened.subject,
    clocks,
    acknowledgement: {
      ...acknowledgementPlan(report.acknowledgement),
      ...(sent ? { state: sent.delivery ?? sent.state, sentAt: sent.sentAt } : {}),
    },
  };
}

/** A message opened. `first` is the number of its first attachment within the report. */
export function messageDetail(
  path: string,
  message: Message,
  content: MessageContent,
  first: number,
  delivery: Pick<OutboxItem, "state" | "delivery" | "sentAt" | "sesId"> | undefined,
) {
  return {
    id: message.id,
    direction: message.direction,
    kind: message.kind,
    flags: message.flags,
    receivedAt: message.receivedAt,
    from: content.from,
    to: content.to,
    cc: content.cc,
    subject: content.subject,
    sentAt: content.sentAt,
    messageId: content.messageId,
    text: content.text,
    textFrom: content.textFrom,
    problems: content.problems,
    attachments: content.attachments.map((place, at) => attachmentDetail(path, place, first + at)),
    ...(message.raw ? { raw: `${path}/messages/${message.id}/raw` } : {}),
    ...(delivery
      ? { delivery: { state: delivery.delivery ?? delivery.state, sentAt: delivery.sentAt, messageId: delivery.sesId } }
      : {}),
  };
}

function attachmentDetail(path: string, { fileName, mediaType, size, sha256, inline }: AttachmentPlace, n: number) {
  return { n, fileName, mediaType, size, sha256, inline, href: `${path}/attachments/${String(n)}` };
}
