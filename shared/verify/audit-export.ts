/**
 * An audit export: a file of JSON lines that is checked without asking anyone but the log's pinned key.
 *
 * The first line is the header:
 *   {"format":"candor-audit-export/v1","from":0,"before":"","checkpoint":"<signed note>"}
 * `checkpoint` is one of the tenant's audit log (C2SP tlog-checkpoint; origin `<site domain>/audit/<tenant>`). The file holds every
 * entry from index `from` up to the checkpoint's size. `before` are the hashes of the tree of the `from` entries before
 * (`encodeRange` of shared/ledger/compact-range.ts), base64; empty for `from` 0, which is what a whole export has.
 * An export that ends earlier says before which index, and has the hashes of the subtrees after it (`nodesToAppend` of
 * shared/ledger/subtree.ts, from `to` to the checkpoint's size), base64:
 *   {..., "to":200,"after":"<base64, 32 bytes each>"}
 *
 * Then one line an entry, in the log's order, without gaps:
 *   {"index":0,"salt":"<base64, 16 bytes>","event":{...}}
 * The entry in the log is SHA-256(salt || canonical JSON of the event), see shared/ledger/audit-entry.ts. Of an erased event
 * there is only the entry itself:
 *   {"index":1,"entry":"<base64, 32 bytes>"}
 *
 * Every line is canonical JSON (RFC 8785), ended by a line feed, at most 1 MiB. All entries together have to hash to the signed root. So whatever was removed, changed, added or reordered shows.
 */
import * as z from "zod";
import { auditEntry, auditSaltLength } from "#shared/ledger/audit-entry.ts";
import { canonicalJson } from "#shared/ledger/canonical-json.ts";
import { parseCheckpoint } from "#shared/ledger/checkpoint.ts";
import {
  appendLeaves,
  appendSubtrees,
  type CompactRange,
  decodeRange,
  rangeRoot,
} from "#shared/ledger/compact-range.ts";
import { HASH_LENGTH, leafHash, sameBytes } from "#shared/ledger/merkle.ts";
import { nodesToAppend } from "#shared/ledger/subtree.ts";
import { readBase64 } from "#shared/signing/base64.ts";
import { Malformed } from "#shared/signing/malformed.ts";
import { parseNote } from "#shared/signing/note.ts";
import { formatNoteKey } from "#shared/signing/note-key.ts";
import { type Finding, holds, Lie, runCheck } from "./finding.ts";
import { type HeldCheckpoint, holdCheckpoint, logOfKey, requireNoRetreat } from "./log-checkpoint.ts";

const exportFormat = "candor-audit-export/v1";

const Header = z.strictObject({
  format: z.literal(exportFormat),
  from: z.int().min(0),
  before: z.string(),
  to: z.int().min(0).optional(),
  after: z.string().optional(),
  checkpoint: z.string(),
});
type Header = z.infer<typeof Header>;

const Line = z.union([
  z.strictObject({ index: z.int().min(0), salt: z.string(), event: z.record(z.string(), z.json()) }),
  z.strictObject({ index: z.int().min(0), entry: z.string() }),
]);
type Line = z.infer<typeof Line>;

const Json = z.json();

export interface ExportRequest {
  /** The lines of the file, without their ends. */
  readonly lines: AsyncIterable<string>;
  /** The pinned key of the deployment's public log: the same key signs its audit logs, under their own origins. */
  readonly vkey: string;
  /** The last checkpoint of this audit log that held, by its origin. */
  readonly known: Readonly<Record<string, string>>;
}

export interface ExportResult {
  readonly findings: readonly Finding[];
  /** The checkpoint to remember, where everything held and the file reaches back to the one that was remembered. */
  readonly checkpoint?: HeldCheckpoint;
}

/** Checks an export from its first line to its last, keeping no more of it than one line. */
export async function verifyExport({ lines, vkey, known }: ExportRequest): Promise<ExportResult> {
  const iterator = lines[Symbol.asyncIterator]();
  const findings: Finding[] = [];
  let header: Header | undefined;
  let held: HeldCheckpoint | undefined;
  let before: HeldCheckpoint | undefined;
  const run = async (check: Finding["check"], made: () => Finding | Promise<Finding>) => {
    const lied = findings.some(({ result }) => result === "lie");
    findings.push(
      lied ? { check, result: "skipped", detail: "after a lie nothing more is asked" } : await runCheck(check, made),
    );
  };
  await run("export format", async () => {
    header = readLine(Header, (await iterator.next()).value, 1);
    return holds("export format", `${exportFormat}, entries from ${header.from} on`);
  });
  await run("export checkpoint", () => {
    const { note, log } = auditLogOf(required(header).checkpoint, vkey);
    held = holdCheckpoint(note, log);
    const last = known[log.origin];
    before = last === undefined ? undefined : holdCheckpoint(last, log);
    if (before !== undefined) requireNoRetreat(before, held);
    return holds("export checkpoint", `${log.origin}, ${held.size} entries, signed by the pinned key`);
  });
  await run("export entries", () => checkEntries(iterator, required(header), required(held), before));
  const proven = findings.every(({ result }) => result === "holds") && reaches(header, before) && held;
  return { findings, ...(proven ? { checkpoint: proven } : {}) };
}

/** The audit log that the checkpoint says it is of, under the pinned key. */
function auditLogOf(note: string, vkey: string) {
  const { publicKey, origin } = logOfKey(vkey);
  const claimed = parseCheckpoint(parseNote(note).text).origin;
  const domain = origin.replace(/\/ledger$/, "");
  if (!claimed.startsWith(`${domain}/audit/`)) {
    throw new Lie("checkpoint-origin", `The checkpoint is of ${claimed}, which is no audit log of ${domain}.`, [note]);
  }
  return { note, log: logOfKey(formatNoteKey(claimed, publicKey)) };
}

async function checkEntries(
  lines: AsyncIterator<string>,
  { from, before: edge, to, after }: Header,
  checkpoint: HeldCheckpoint,
  before: HeldCheckpoint | undefined,
): Promise<Finding> {
  const end = to ?? checkpoint.size;
  let range = decodeRange(from, readBase64(edge));
  requireRemembered(range, before);
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    const line = range.size - from + 2;
    range = appendLeaves(range, [leafHash(entryOf(readLine(Line, next.value, line), line, range.size))]);
    requireRemembered(range, before);
    if (range.size > end)
      throw new Lie(
        "export-length",
        `Line ${line} is one more than the ${end - from} entries that the file is to have.`,
      );
  }
  if (range.size !== end)
    throw new Lie(
      "export-length",
      `The file ends after entry ${range.size - 1}; entries up to ${end - 1} belong into it.`,
    );
  range = appendSubtrees(range, subtreesAfter(end, checkpoint.size, after ?? ""));
  if (range.size !== checkpoint.size || !sameBytes(rangeRoot(range), checkpoint.root)) {
    const detail = "The entries do not hash to the signed root: some of them were changed, replaced or moved.";
    throw new Lie("export-altered", detail, [checkpoint.note]);
  }
  return holds("export entries", `${end - from} entries, each as it was logged`);
}

/** What comes after the last entry of the file, up to the signed size. @throws Malformed for more or fewer hashes than that takes */
function subtreesAfter(start: number, end: number, after: string) {
  const nodes = nodesToAppend({ start, end });
  const bytes = readBase64(after);
  if (bytes.length !== nodes.length * HASH_LENGTH)
    throw new Malformed(`From ${start} to ${end} entries it takes ${nodes.length} hashes, not ${bytes.length} bytes.`);
  return nodes.map((node, i) => ({ node, hash: bytes.slice(i * HASH_LENGTH, (i + 1) * HASH_LENGTH) }));
}

/** Whether the file passes the size of last time; one that does not says nothing of what was seen then. */
function reaches(header: Header | undefined, before: HeldCheckpoint | undefined): boolean {
  if (before === undefined || header === undefined) return true;
  return header.from <= before.size && before.size <= (header.to ?? before.size);
}

/** On its way the tree passes the size of last time, and has to have the root of then. */
function requireRemembered(range: CompactRange, before: HeldCheckpoint | undefined): void {
  if (before === undefined || range.size !== before.size || sameBytes(rangeRoot(range), before.root)) return;
  throw new Lie("log-inconsistent", `The first ${range.size} entries are not those of the checkpoint seen last time.`, [
    before.note,
  ]);
}

function entryOf(read: Line, line: number, expected: number): Uint8Array {
  if (read.index !== expected) {
    throw new Lie("export-order", `Line ${line} has entry ${read.index} where ${expected} belongs.`);
  }
  const bytes = readBase64("salt" in read ? read.salt : read.entry);
  if (bytes.length !== ("salt" in read ? auditSaltLength : HASH_LENGTH)) {
    throw new Lie("export-malformed", `Line ${line} has a salt or an entry of the wrong length.`);
  }
  return "salt" in read ? auditEntry(read.event, bytes) : bytes;
}

/** @throws Lie unless the line is the JSON that is expected there */
function readLine<Value>(schema: z.ZodType<Value>, text: string | undefined, line: number): Value {
  const value = parseJson(text ?? "");
  const parsed = schema.safeParse(value);
  // In its one canonical form a line can't say a second thing, such as a member twice, to another reader.
  if (!parsed.success || canonicalJson(Json.parse(value)) !== text) {
    throw new Lie("export-malformed", `Line ${line} of the export is not as its format asks.`);
  }
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Malformed("A line of the export that others rely on is missing.");
  return value;
}
