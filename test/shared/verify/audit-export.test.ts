import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { formatCheckpoint } from "#shared/ledger/checkpoint.ts";
import { formatNote, signNote } from "#shared/signing/note.ts";
import { formatNoteKey } from "#shared/signing/note-key.ts";
import { verifyExport } from "#shared/verify/audit-export.ts";
import type { LieName } from "#shared/verify/finding.ts";
import { treeHash } from "#test/shared/ledger/reference-tree.ts";
import { localEd25519Signer } from "#test/shared/signing/local-signer.ts";

const signer = localEd25519Signer();
const vkey = formatNoteKey("candor.example/ledger", signer.publicKey);
const auditOrigin = "candor.example/audit/hearth";
const count = 300;

/** The canonical JSON of these events, written by hand: members in order, plain texts. */
const events = Array.from(
  { length: count },
  (_, i) => `{"action":"report.opened","at":"2026-05-01T00:00:00Z","id":"e${i}"}`,
);
const salts = events.map((_, i) => createHash("sha256").update(`salt ${i}`).digest().subarray(0, 16));
const entryAt = (i: number) =>
  createHash("sha256")
    .update(salts[i] ?? "")
    .update(events[i] ?? "")
    .digest();
const entries = events.map((_, i) => entryAt(i));

async function checkpoint(size = count, origin = auditOrigin, by = signer): Promise<string> {
  const root = treeHash(entries.slice(0, size));
  const text = formatCheckpoint({ origin, size, root, extensions: [] });
  return formatNote(text, [await signNote(text, origin, by)]);
}

const header = (note: string, from = 0, before = ""): string =>
  `{"before":"${before}","checkpoint":${JSON.stringify(note)},"format":"candor-audit-export/v1","from":${from}}`;
const lineAt = (i: number): string =>
  i % 50 === 49
    ? `{"entry":"${entryAt(i).toString("base64")}","index":${i}}`
    : `{"event":${events[i]},"index":${i},"salt":"${salts[i]?.toString("base64")}"}`;
const linesFrom = (from = 0, to = count): string[] => events.map((_, i) => lineAt(i)).slice(from, to);

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}
async function lieOf(lines: readonly string[], known: Record<string, string> = {}): Promise<LieName | undefined> {
  const { findings, checkpoint: held } = await verifyExport({ lines: each(lines), vkey, known });
  const lie = findings.find(({ result }) => result === "lie");
  expect(held === undefined).toBe(lie !== undefined);
  return lie?.result === "lie" ? lie.lie : undefined;
}

describe("an audit export", () => {
  it("holds as a whole, with erased events among the others", async () => {
    expect(await lieOf([header(await checkpoint()), ...linesFrom()])).toBeUndefined();
  });

  it("holds from a later entry on, with the tree before it", async () => {
    const before = Buffer.concat([treeHash(entries.slice(0, 256)), treeHash(entries.slice(256, 258))]);
    const whole = [header(await checkpoint(), 258, before.toString("base64")), ...linesFrom(258)];
    expect(await lieOf(whole)).toBeUndefined();
    before[0] = (before[0] ?? 0) ^ 1;
    expect(await lieOf([header(await checkpoint(), 258, before.toString("base64")), ...linesFrom(258)])).toBe(
      "export-altered",
    );
  });

  it("holds up to an earlier entry, with the subtrees after it", async () => {
    // From 296 to 300 entries one subtree of four is missing.
    const after = treeHash(entries.slice(296));
    const signed = await checkpoint();
    const head = (to: number, hash: Buffer) =>
      `{"after":"${hash.toString("base64")}",${header(signed).slice(1, -1)},"to":${String(to)}}`;
    expect(await lieOf([head(296, after), ...linesFrom(0, 296)])).toBeUndefined();
    expect(await lieOf([head(296, treeHash(entries.slice(295))), ...linesFrom(0, 296)])).toBe("export-altered");
    expect(await lieOf([head(296, after), ...linesFrom(0, 295)])).toBe("export-length");
    expect(await lieOf([head(296, after), ...linesFrom()])).toBe("export-length");
    expect(await lieOf([head(295, after), ...linesFrom(0, 295)])).toBe("malformed");
    expect(await lieOf([head(301, Buffer.alloc(0)), ...linesFrom()])).toBe("export-length");
  });

  it("holds against the checkpoint of an earlier export of the log", async () => {
    const known = { [auditOrigin]: await checkpoint(200) };
    expect(await lieOf([header(await checkpoint()), ...linesFrom()], known)).toBeUndefined();
  });

  const edited = (edit: (lines: string[]) => void) => {
    const lines = linesFrom();
    edit(lines);
    return lines;
  };
  const renumbered = (lines: string[]) => lines.map((line, i) => line.replace(/"index":\d+/, `"index":${i}`));
  const swapped = (lines: string[]) => lines.splice(10, 2, lines[11] ?? "", lines[10] ?? "");

  it.each<[string, LieName, readonly string[]]>([
    ["an entry removed", "export-order", edited((lines) => lines.splice(10, 1))],
    ["an entry removed and the rest renumbered", "export-length", renumbered(edited((lines) => lines.splice(10, 1)))],
    ["the last entry removed", "export-length", edited((lines) => lines.pop())],
    ["an event changed", "export-altered", edited((lines) => (lines[10] = lineAt(10).replace("opened", "closed")))],
    [
      "an event with its salt changed",
      "export-altered",
      edited((lines) => (lines[10] = lineAt(11).replace("11,", "10,"))),
    ],
    ["an erased entry changed", "export-altered", edited((lines) => (lines[49] = lineAt(99).replace(":99", ":49")))],
    ["two entries swapped", "export-order", edited(swapped)],
    ["two entries swapped and renumbered", "export-altered", renumbered(edited(swapped))],
    ["an entry twice", "export-order", edited((lines) => lines.splice(10, 0, lineAt(10)))],
    ["an entry added at the end", "export-length", edited((lines) => lines.push(lineAt(1).replace(":1,", ":300,")))],
    ["a member twice", "export-malformed", edited((lines) => (lines[10] = lineAt(10).replace("{", '{"index":9,')))],
    ["a member too many", "export-malformed", edited((lines) => (lines[10] = lineAt(10).replace(/}$/, ',"x":1}')))],
    [
      "a salt too short",
      "export-malformed",
      edited((lines) => (lines[10] = lineAt(10).replace(/"salt":".*"/, '"salt":"AAAA"'))),
    ],
    ["a line that is no JSON", "export-malformed", edited((lines) => (lines[10] = "{"))],
  ])("shows %s", async (_name, expected, lines) => {
    expect(await lieOf([header(await checkpoint()), ...lines])).toBe(expected);
  });

  it("shows a header from elsewhere: another key, another deployment, no header", async () => {
    const other = localEd25519Signer();
    expect(await lieOf([header(await checkpoint(count, auditOrigin, other)), ...linesFrom()])).toBe("checkpoint-key");
    const elsewhere = await checkpoint(count, "other.example/audit/hearth");
    expect(await lieOf([header(elsewhere), ...linesFrom()])).toBe("checkpoint-origin");
    expect(await lieOf(linesFrom())).toBe("export-malformed");
    expect(await lieOf([])).toBe("export-malformed");
  });

  it("is not remembered where it does not reach the checkpoint of last time", async () => {
    const known = { [auditOrigin]: await checkpoint(200) };
    const before = Buffer.concat([treeHash(entries.slice(0, 256)), treeHash(entries.slice(256, 258))]).toString(
      "base64",
    );
    const lines = each([header(await checkpoint(), 258, before), ...linesFrom(258)]);
    const { findings, checkpoint: held } = await verifyExport({ lines, vkey, known });
    expect([findings.every(({ result }) => result === "holds"), held]).toEqual([true, undefined]);
  });

  it("shows a shorter log than was seen before, and one with another past", async () => {
    const known = { [auditOrigin]: await checkpoint() };
    expect(await lieOf([header(await checkpoint(200)), ...linesFrom(0, 200)], known)).toBe("log-rolled-back");
    const root = treeHash([Buffer.from("another past"), ...entries.slice(1, 200)]);
    const text = formatCheckpoint({ origin: auditOrigin, size: 200, root, extensions: [] });
    const past = formatNote(text, [await signNote(text, auditOrigin, signer)]);
    expect(await lieOf([header(await checkpoint()), ...linesFrom()], { [auditOrigin]: past })).toBe("log-inconsistent");
  });
});
