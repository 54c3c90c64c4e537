/** Finds what a person wrote or was written, report by report, and erases those conversations. */
import * as z from "zod";
import { lastBackupDay } from "#shared/erasure/backup.ts";
import type { MessageContent } from "#shared/report/message.ts";
import { auditWrite } from "#shared/store/audit.ts";
import { eraseConversations, tombstone, tombstonesOf } from "#shared/store/erasures.ts";
import { openerOf } from "#shared/store/opened-report.ts";
import { listReports, messagesOf, ReportPosition } from "#shared/store/reports.ts";
import type { Outcome, StepContext } from "./step.ts";

const Input = z.strictObject({ address: z.string(), dryRun: z.boolean() });
const Cursor = z.strictObject({
  after: ReportPosition.optional(),
  reports: z.int().min(0),
  looked: z.int().min(0),
  conversations: z.int().min(0),
});
type Cursor = z.infer<typeof Cursor>;

const reportsAtOnce = 5;

/** Looks through some reports. Each is opened for it, which the log tells of before. */
export async function erasure(context: StepContext): Promise<Outcome> {
  const { scope, job, now } = context;
  const { address, dryRun } = Input.parse(job.input);
  const cursor: Cursor =
    job.cursor === undefined ? { reports: 0, looked: 0, conversations: 0 } : Cursor.parse(JSON.parse(job.cursor));
  const { reports, next } = await listReports(scope, { limit: reportsAtOnce, after: cursor.after });
  const found: number[] = [];
  for (const report of reports) found.push(await inReport(context, report.id, address, dryRun));
  const after = {
    reports: cursor.reports + found.filter((count) => count > 0).length,
    looked: cursor.looked + reports.length,
    conversations: cursor.conversations + found.reduce((sum, count) => sum + count, 0),
  };
  if (next) {
    const progress = { done: after.looked, failed: 0 };
    return { next: "step", cursor: JSON.stringify({ ...after, after: next }), progress };
  }
  const { reports: inReports, conversations } = after;
  return {
    next: "end",
    progress: { done: after.looked, total: after.looked, failed: 0 },
    result: { dryRun, reports: inReports, conversations, ...(dryRun ? {} : { lastBackupEndsOn: lastBackupDay(now) }) },
  };
}

/** How many conversations of a report are the person's, and erases them. What a run that died began is ended first. */
async function inReport(context: StepContext, report: string, address: string, dryRun: boolean): Promise<number> {
  const { scope, ports, job, now, random, request } = context;
  const sealed = { objects: ports.objects, bucket: ports.buckets.sealed };
  const tombstones = await tombstonesOf(scope, report);
  const begun = tombstones.map(({ conversation }) => conversation);
  const ours = tombstones.filter((one) => one.job === job.id).length;
  if (!dryRun && begun.length > 0) await eraseConversations(scope, report, begun, sealed);
  const target = { report, job: job.id };
  const by = { at: now, actor: { door: "jobs" }, request } as const;
  await scope.table.write(auditWrite(scope, { ...by, action: "report.searched", target }, random));
  const opener = openerOf(scope, report, { ...ports, bucket: ports.buckets.sealed });
  const theirs = new Set<string>();
  for await (const { message } of messagesOf(scope, report)) {
    if (!begun.includes(message.conversation) && names(await opener.content(message), address))
      theirs.add(message.conversation);
  }
  if (dryRun || theirs.size === 0) return ours + theirs.size;
  await scope.table.transact([
    ...[...theirs].map((conversation) =>
      tombstone(scope, { report, conversation, job: job.id, at: now.toISOString() }),
    ),
    auditWrite(scope, { ...by, action: "report.erased", target }, random),
  ]);
  await eraseConversations(scope, report, [...theirs], sealed);
  return ours + theirs.size;
}

function names({ from, to, cc }: MessageContent, address: string): boolean {
  return [from, ...to, ...cc].some((mailbox) => mailbox?.address.toLowerCase() === address);
}
