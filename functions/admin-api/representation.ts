/** What the API shows of stored things. */
import type { AttachmentPlace, Message, MessageContent } from "#shared/report/message.ts";
import type { Report } from "#shared/report/report.ts";
import type { OutboxItem } from "#shared/store/outbox.ts";
import type { Clocks } from "#shared/store/reports.ts";

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
