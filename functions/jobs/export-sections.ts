/** What an export is made of, in order. A section gives some files at a time, and where it goes on. */

import type { AuditAction } from "#shared/audit/action.ts";
import type { ArchiveFile } from "#shared/export/archive.ts";
import { readMe } from "#shared/export/read-me.ts";
import type { Report } from "#shared/report/report.ts";
import { auditWrite } from "#shared/store/audit.ts";
import { auditExport } from "#shared/store/audit-export.ts";
import { dumped } from "#shared/store/dump.ts";
import { partitions, sorts } from "#shared/store/keys.ts";
import { auditLog, readLogHead } from "#shared/store/ledger.ts";
import { openQuarantined, quarantinedMails } from "#shared/store/opened-quarantine.ts";
import { type Opener, openerOf } from "#shared/store/opened-report.ts";
import { readBody } from "#shared/store/release-bodies.ts";
import { listReleases } from "#shared/store/releases.ts";
import { listReports, messagesOf, type PlacedMessage, ReportPosition, readClocks } from "#shared/store/reports.ts";
import type { StepContext } from "./step.ts";

/** In the section's own words; absent at its end. */
export type Position = string | undefined;
type Section = (context: StepContext, position: Position) => AsyncGenerator<ArchiveFile, Position>;

/** How much one part holds: a step has less than two minutes. */
const reportsAtOnce = 5;
const bodiesAtOnce = 20;
const mailsAtOnce = 5;
const entriesAtOnce = 20_000;

export const exportSections: readonly Section[] = [tenantFiles, releaseFiles, reportFiles, quarantineFiles, auditFiles];

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

async function* tenantFiles({ scope }: StepContext): AsyncGenerator<ArchiveFile, Position> {
  yield { name: "README.md", body: readMe };
  const { tenant } = scope;
  const sources = {
    settings: { partition: partitions.tenant(tenant) },
    members: { partition: partitions.members(tenant) },
    tokens: { partition: partitions.tokens(tenant), prefix: sorts.token() },
    issuers: { partition: partitions.issuers(tenant) },
    "trust-rules": { partition: partitions.trustRules(tenant) },
    hosts: { partition: partitions.hosts(tenant) },
    keys: { partition: partitions.namedKeys(tenant) },
    draft: { partition: partitions.draft(tenant) },
    revisions: { partition: partitions.revisions(tenant) },
  };
  for (const [name, source] of Object.entries(sources))
    yield { name: `tenant/${name}.json`, body: json(await Array.fromAsync(dumped(scope, source))) };
  const releases = await Array.fromAsync(dumped(scope, { partition: partitions.releases(tenant) }));
  yield { name: "releases/releases.json", body: json(releases) };
  return undefined;
}

async function* releaseFiles({ scope, ports }: StepContext, position: Position): AsyncGenerator<ArchiveFile, Position> {
  const before = position === undefined ? undefined : Number(position);
  const { releases, next } = await listReleases(scope, { limit: bodiesAtOnce, before });
  const store = { objects: ports.objects, bucket: ports.buckets.releases };
  for (const { body: digest } of releases) {
    const body = await readBody(store, scope.tenant, digest);
    if (body) yield { name: `releases/${digest.replace(":", "-")}.json`, body };
  }
  return next === undefined ? undefined : String(next);
}

async function* reportFiles(context: StepContext, position: Position): AsyncGenerator<ArchiveFile, Position> {
  const { scope } = context;
  const after = position === undefined ? undefined : ReportPosition.parse(JSON.parse(position));
  const { reports, next } = await listReports(scope, { limit: reportsAtOnce, after });
  for (const report of reports) yield* filesOfReport(context, report);
  return next && JSON.stringify(next);
}

async function* filesOfReport(context: StepContext, report: Report): AsyncGenerator<ArchiveFile> {
  const { scope, ports } = context;
  await trace(context, "report.exported", { report: report.id });
  const folder = `reports/${report.id}`;
  yield { name: `${folder}/report.json`, body: json({ ...report, clocks: await readClocks(scope, report.id) }) };
  const opener = openerOf(scope, report.id, { ...ports, bucket: ports.buckets.sealed });
  for await (const placed of messagesOf(scope, report.id)) yield* filesOfMessage(folder, placed, opener);
}

async function* filesOfMessage(
  folder: string,
  { message, firstAttachment }: PlacedMessage,
  opener: Opener,
): AsyncGenerator<ArchiveFile> {
  const { sealedKey: _, content: __, raw: ___, version: ____, ...metadata } = message;
  const content = await opener.content(message);
  const attachments = content.attachments.map(({ fileName, mediaType, size, sha256, inline }, i) => {
    return { n: firstAttachment + i, fileName, mediaType, size, sha256, inline };
  });
  const name = `${folder}/messages/${message.id}`;
  yield { name: `${name}.json`, body: json({ ...metadata, ...content, attachments }) };
  const raw = opener.raw(message);
  if (raw) yield { name: `${name}.eml`, body: await whole(raw) };
  for (const [i, place] of content.attachments.entries()) {
    const n = String(firstAttachment + i);
    yield { name: `${folder}/attachments/${n}`, body: await whole(opener.attachment(message, place)) };
  }
}

async function* quarantineFiles(context: StepContext, position: Position): AsyncGenerator<ArchiveFile, Position> {
  const { scope, ports } = context;
  const { mails, next } = await quarantinedMails(scope, { limit: mailsAtOnce, after: position });
  for (const mail of mails) {
    await trace(context, "quarantine.exported", { quarantined: mail.id });
    const { sealedKey: _, object: __, ...metadata } = mail;
    yield { name: `quarantine/${mail.id}.json`, body: json(metadata) };
    const raw = await openQuarantined(scope, mail, { ...ports, bucket: ports.buckets.sealed });
    yield { name: `quarantine/${mail.id}.eml`, body: raw };
  }
  return next;
}

async function* auditFiles({ scope, ports }: StepContext, position: Position): AsyncGenerator<ArchiveFile, Position> {
  const { published, checkpoint } = await readLogHead(auditLog(scope));
  const [from, size] = [Number(position ?? 0), published.size];
  if (checkpoint === undefined || from >= size) return undefined;
  const to = Math.min(size, from + entriesAtOnce);
  const ledger = { objects: ports.objects, bucket: ports.buckets.ledger };
  const lines = await Array.fromAsync(auditExport(scope, ledger, { from, to, size, checkpoint }));
  yield { name: `audit/${String(from)}-${String(to)}.jsonl`, body: lines.join("") };
  return to === size ? undefined : String(to);
}

/** Committed before anything is opened. */
async function trace(
  { scope, job, now, random, request }: StepContext,
  action: AuditAction,
  target: Readonly<Record<string, string>>,
): Promise<void> {
  const event = { at: now, actor: { door: "jobs" }, action, target: { ...target, job: job.id }, request };
  await scope.table.write(auditWrite(scope, event, random));
}

const whole = async (pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> =>
  Buffer.concat(await Array.fromAsync(pieces));
