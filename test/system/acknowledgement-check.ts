import type { Evidence, Fault } from "./findings.ts";
import { acknowledgementsADay, kinds, type PlannedMail } from "./planned-mail.ts";
import { headerOf, type Mail, type OpenedReport } from "./public-surfaces.ts";

/** Each mail that is due an answer has one, no other has any, and the API says the same as the mailbox. */
export function acknowledgementFaults(evidence: Evidence): {
  readonly faults: readonly Fault[];
  readonly byMail: ReadonlyMap<PlannedMail, number>;
} {
  const digests = evidence.mails.filter(isDigest);
  const answers = Map.groupBy(
    evidence.mails.filter((mail) => !isDigest(mail)),
    (mail) => `${headerOf(mail, "In-Reply-To")} from ${mail.from}`,
  );
  const byMail = new Map<PlannedMail, number>();
  const faults: Fault[] = [];
  for (const { mail } of evidence.copies) {
    if (!kinds[mail.kind].acknowledged) continue;
    for (const tenant of mail.tenants) {
      const name = `<${mail.messageId}> from security@${tenant}.localhost`;
      const found = answers.get(name) ?? [];
      answers.delete(name);
      byMail.set(mail, (byMail.get(mail) ?? 0) + found.length);
      const report = reportOf(mail, tenant, evidence);
      const due = mail.kind === "above the day's measure" && report?.acknowledgement.by === "digest" ? 0 : 1;
      if (found.length !== due) {
        faults.push({
          mail,
          sentence: `An answer to ${name} is due ${String(due)} times and left ${String(found.length)} times.`,
        });
      }
      faults.push(...found.flatMap((answer) => answerFaults(mail, answer, report)));
    }
  }
  const undue = [...answers.keys()].map((name) => ({ sentence: `An answer to ${name} left, and none is due.` }));
  return { faults: [...faults, ...undue, ...digestFaults(digests, evidence), ...notedFaults(evidence)], byMail };
}

const isDigest = (mail: Mail): boolean => headerOf(mail, "In-Reply-To") === "";

const reportOf = (mail: PlannedMail, tenant: string, { reports }: Evidence): OpenedReport | undefined =>
  reports.find(
    (report) => report.tenant === tenant && report.conversation.some(({ messageId }) => messageId === mail.messageId),
  );

function answerFaults(mail: PlannedMail, answer: Mail, report: OpenedReport | undefined): Fault[] {
  const faults: string[] = [];
  if (answer.to.join() !== mail.sender) faults.push(`went to ${answer.to.join()}`);
  if (report === undefined || !answer.subject.includes(report.number)) faults.push("names another report");
  if (headerOf(answer, "Auto-Submitted") !== "auto-replied") faults.push("is not marked as automatic");
  return faults.map((what) => ({ mail, sentence: `The answer to ${mail.messageId} ${what}.` }));
}

/** The sender above the day's measure has that measure of answers, and one mail that names the other reports. */
function digestFaults(digests: readonly Mail[], { copies, reports }: Evidence): Fault[] {
  const above = copies.filter(({ mail }) => mail.kind === "above the day's measure").map(({ mail }) => mail);
  const told = reports.filter(({ acknowledgement }) => acknowledgement.by === "digest").map(({ number }) => number);
  const [digest, ...others] = digests;
  const wanted = above.length - acknowledgementsADay;
  if (!digest || others.length > 0) return [{ sentence: `${String(digests.length)} digests left instead of one.` }];
  const named = digest.text.match(/\b[A-Z0-9-]+-\d{4}-[a-z0-9]{6}\b/gi) ?? [];
  const right = told.length === wanted && named.toSorted().join() === told.toSorted().join();
  const addressed = digest.to.join() === above[0]?.sender;
  return right && addressed
    ? []
    : [{ sentence: `The digest names ${named.join(", ")} instead of ${told.join(", ")}.` }];
}

/** What the API says of a sent message is what SES sent: each noted as delivered, under SES's id, and none forgotten. */
function notedFaults({ reports, mails }: Evidence): Fault[] {
  const out = reports.flatMap(({ conversation }) => conversation.filter(({ direction }) => direction === "out"));
  const noted = out.map(({ delivery }) => (delivery?.state === "delivered" ? delivery.messageId : undefined));
  const sent = mails.filter((mail) => !isDigest(mail)).map(({ id }) => id);
  const unknown = sent.filter((id) => !noted.includes(id));
  const unsent = noted.filter((id) => id === undefined || !sent.includes(id));
  return [
    ...unknown.map((id) => ({ sentence: `SES sent ${id}, and no conversation holds it.` })),
    ...unsent.map((id) => ({
      sentence: `A conversation holds an answer that was not noted as delivered (${id ?? "no id"}).`,
    })),
  ];
}
