/**
 * Moves every wrapped private key of a tenant under the newest version of its sealing key, and counts what stands where. What
 * stands there already is only counted, so the job does no harm when it is done again from any point.
 */
import * as z from "zod";
import type { Progress } from "#shared/job/job.ts";
import type { SealingVersion } from "#shared/sealing/wrapped-key.ts";
import { type HeldKey, keysOfPurposes, keysOfReport } from "#shared/store/held-keys.ts";
import { addToUsage, keyUsageWrite, type Usage, UsedVersion } from "#shared/store/key-usage.ts";
import { readNamedKey } from "#shared/store/named-keys.ts";
import { listReports, ReportPosition } from "#shared/store/reports.ts";
import { sealingKeyName } from "#shared/transit/key.ts";
import { moveKey } from "./move-key.ts";
import type { Outcome, StepContext } from "./step.ts";

/** Reports that a step works on, all at once. */
const atATime = 25;
/** Reports that a step counts. */
const countAtATime = 100;
/**
 * How long after a version was made some door may still wrap under the one before: what it remembers (30 s), and the longest
 * that a mail takes (120 s). Whoever walks later finds all of it.
 */
const settles = 3 * 60_000;

const Cursor = z.strictObject({
  /** The version that all is moved to. */
  version: z.int(),
  phase: z.enum(["count", "move"]),
  after: ReportPosition.optional(),
  usage: z.array(UsedVersion),
});
type Cursor = z.infer<typeof Cursor>;

/** One step: counts some reports, or moves the keys of some. Progress is in reports. */
export async function rewrap(context: StepContext): Promise<Outcome> {
  const { scope, ports, job, now } = context;
  const newest = (await readNamedKey(scope, sealingKeyName))?.versions.at(-1);
  const to = { version: newest?.version ?? 1, kmsKey: newest?.kmsKey ?? ports.sealingKey };
  const settled = Date.parse(newest?.createdAt ?? "") + settles;
  if (settled > now.getTime()) return { next: "wait", until: new Date(settled) };
  const cursor = job.cursor === undefined ? undefined : Cursor.parse(JSON.parse(job.cursor));
  // Rotated meanwhile: what was moved has to be moved again.
  if (cursor?.version !== to.version) return count(context, { version: to.version, phase: "count", usage: [] });
  return cursor.phase === "count" ? count(context, cursor) : move(context, cursor, to);
}

async function count({ scope, job }: StepContext, cursor: Cursor): Promise<Outcome> {
  const { reports, next } = await listReports(scope, {
    limit: countAtATime,
    ...(cursor.after && { after: cursor.after }),
  });
  const before = cursor.after ? (job.progress.total ?? 0) : 0;
  const progress = { done: 0, total: before + reports.length, failed: 0 };
  const { version } = cursor;
  return goOn(next ? { ...cursor, after: next } : { version, phase: "move", usage: [] }, progress);
}

async function move(context: StepContext, cursor: Cursor, to: SealingVersion): Promise<Outcome> {
  const { scope, job, now } = context;
  const { reports, next } = await listReports(scope, { limit: atATime, ...(cursor.after && { after: cursor.after }) });
  const ofPurposes = cursor.after === undefined ? await keysOfPurposes(scope) : [];
  const ofReports = await Promise.all(reports.map(({ id }) => keysOfReport(scope, id)));
  const held = [...ofPurposes, ...ofReports.flat()];
  const moved = (await Promise.all(held.map((key) => moveKey(context, key, to)))).filter((key) => key !== undefined);
  const progress = progressOf(job.progress, reports.length, moved, to);
  const usage = moved.reduce((sum, { kind, key }) => addToUsage(sum, kind, key), cursor.usage as Usage["objects"]);
  if (next) return goOn({ ...cursor, after: next, usage: [...usage] }, progress);
  const counted = { key: sealingKeyName, version: to.version, countedAt: now.toISOString(), objects: [...usage] };
  const result = { version: to.version, objects: [...usage] };
  return { next: "end", progress, result, writes: [keyUsageWrite(scope, counted)] };
}

function progressOf({ done, total, failed }: Progress, more: number, moved: readonly HeldKey[], to: SealingVersion) {
  const left = moved.filter(({ key }) => (key.wrappedVersion ?? 1) !== to.version).length;
  // Reports that came since they were counted stand under the newest version already.
  return { done: done + more, total: Math.max(total ?? 0, done + more), failed: failed + left };
}

const goOn = (cursor: Cursor, progress: Progress): Outcome => ({
  next: "step",
  cursor: JSON.stringify(cursor),
  progress,
});
