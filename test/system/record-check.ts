import type { Evidence, Fault } from "./findings.ts";
import { kinds, type PlannedMail, sha256 } from "./planned-mail.ts";
import type { Inbox, Message, OpenedReport } from "./public-surfaces.ts";

interface FoundMessage {
  readonly report: OpenedReport;
  readonly message: Message;
}

/** Every mail for people or lists is in its tenant's inbox once, as it was sent, byte for byte; and nothing else is. */
export async function messageFaults(evidence: Evidence): Promise<Fault[]> {
  const faults: Fault[] = [];
  const found = Map.groupBy(incoming(evidence.reports), ({ report, message }) =>
    nameOf(report.tenant, message.messageId),
  );
  for (const mail of evidence.copies.map((copy) => copy.mail)) {
    const { becomes } = kinds[mail.kind];
    if (becomes === "nothing" || becomes === "quarantine" || becomes === "unrouted") continue;
    for (const tenant of mail.tenants) {
      const name = nameOf(tenant, mail.messageId);
      const [first, ...others] = found.get(name) ?? [];
      found.delete(name);
      if (!first || others.length > 0) {
        faults.push({ mail, sentence: `${name} is in the inbox ${String(first ? 1 + others.length : 0)} times` });
        continue;
      }
      const inbox = evidence.inboxes.get(tenant);
      const wrong = [
        ...placeFaults(mail, first, evidence),
        ...(inbox ? await byteFaults(mail, first, inbox) : ["no inbox"]),
      ];
      faults.push(...wrong.map((what) => ({ mail, sentence: `${name}: ${what}` })));
    }
  }
  return [...faults, ...[...found.keys()].map((name) => ({ sentence: `Nobody sent ${name}, which is in the inbox.` }))];
}

const nameOf = (tenant: string, messageId: string | undefined): string => `${messageId ?? "a mail"} for ${tenant}`;

function incoming(reports: readonly OpenedReport[]): FoundMessage[] {
  return reports.flatMap((report) =>
    report.conversation.filter(({ direction }) => direction === "in").map((message) => ({ report, message })),
  );
}

/** It is what it should be, in the report where it belongs. */
function placeFaults(mail: PlannedMail, { report, message }: FoundMessage, evidence: Evidence): string[] {
  const faults: string[] = [];
  const resend = evidence.copies.find((copy) => copy.mail.kind === "resend" && copy.mail.again === mail)?.mail;
  const pair = mail.kind === "resend" ? mail.again : resend;
  const members = report.conversation.filter(({ direction }) => direction === "in");
  if (pair) {
    // Which of the two is taken in first is open, so either may be the one that came again.
    const both = members
      .map(({ kind }) => kind)
      .sort()
      .join(" and ");
    if (both !== "message and resend") faults.push(`it and what was sent again are not one report but: ${both}`);
    if (!members.some(({ messageId }) => messageId === pair.messageId))
      faults.push("it is not with what was sent again");
  } else if (message.kind !== kinds[mail.kind].becomes) faults.push(`it is kept as ${message.kind}`);
  const answered = evidence.answered.get(mail.messageId);
  if (answered && !members.some(({ messageId }) => messageId === answered.messageId)) {
    faults.push(`it did not join the report of ${answered.messageId}`);
  }
  if (mail.kind === "forged sender" && !report.flags.includes("sender-failed"))
    faults.push("it is not marked as forged");
  if (report.messages !== report.conversation.length) faults.push("the report miscounts its messages");
  return faults;
}

/** The mail and its attachments as downloaded. */
async function byteFaults(mail: PlannedMail, { message }: FoundMessage, inbox: Inbox): Promise<string[]> {
  const raw = message.raw === undefined ? Buffer.alloc(0) : await inbox.download(message.raw);
  const faults = isKept(raw, mail.kept) ? [] : ["the raw mail is not what was sent"];
  if (message.attachments.length !== mail.attachments.length) faults.push("it has other attachments");
  for (const sent of mail.attachments) {
    const listed = message.attachments.find(({ fileName }) => fileName === sent.fileName);
    const bytes = listed && (await inbox.download(listed.href));
    const digest = sha256(sent.bytes);
    if (!bytes || sha256(bytes) !== digest || listed.sha256 !== digest) faults.push(`${sent.fileName} differs`);
  }
  return faults;
}

/** The stored mail ends with what was sent; above it there are only the fields that SES adds. */
function isKept(raw: Buffer, sent: Buffer): boolean {
  const added = raw.subarray(0, raw.length - sent.length);
  const names = added
    .toString("latin1")
    .split("\r\n")
    .filter((line) => line !== "" && !/^\s/.test(line));
  const known = /^(?:Return-Path|Received|X-SES-Spam-Verdict|X-SES-Virus-Verdict|Received-SPF|Authentication-Results):/;
  return raw.length > sent.length && raw.subarray(added.length).equals(sent) && names.every((name) => known.test(name));
}
