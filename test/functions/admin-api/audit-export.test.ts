/** A real export, taken through the API, and checked by the program that an auditor runs. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scopeOfWork } from "#shared/access/scope.ts";
import { formatNoteKey } from "#shared/signing/note-key.ts";
import { readSpki } from "#shared/signing/public-key.ts";
import { eraseAuditEvent } from "#shared/store/audit-events.ts";
import { auditExport } from "#shared/store/audit-export.ts";
import { auditLog, readLogHead } from "#shared/store/ledger.ts";
import type { Table } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { useApi } from "#test/stage/api-client.ts";
import { writeEvents } from "#test/stage/audit-events.ts";
import { notary, notaryPorts } from "#test/stage/doors.ts";
import { auditOf } from "#test/stage/records.ts";
import { bucketNames, useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const api = useApi(stage);
const folder = mkdtempSync(join(tmpdir(), "candor-export-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** 20,000 with CANDOR_FULL=1; a share of them always. */
const long = process.env["CANDOR_FULL"] === "1" ? 20_000 : 1_500;
const count = 300;
let scope: TenantScope;
let vkey: string;

beforeAll(async () => {
  scope = await newTenant(stage);
  await notary(stage).inserted(await writeEvents(scope, count, stage.clock.now()), "request-n");
  const { spki } = await notaryPorts(stage).platformKeys.checkpoints();
  vkey = formatNoteKey("localhost/ledger", readSpki(spki));
  const [, erased] = await auditOf(scope);
  await scope.table.write(eraseAuditEvent(scope, String(erased?.["sk"]), stage.clock.now().toISOString()));
});

async function taken(query = ""): Promise<string> {
  const answer = await api.get(scope, `audit/export${query}`, { role: "owner" });
  expect([query, answer.status, answer.headers.get("content-type")]).toEqual([query, 200, "application/jsonl"]);
  return answer.text();
}

/** What `candor-verify` says of a file under the pinned key: the lies it finds. */
async function verify(content: string, key = vkey): Promise<{ code: number | null; lies: readonly string[] }> {
  const file = join(folder, "export.jsonl");
  writeFileSync(file, content);
  const program = join(import.meta.dirname, "../../../infra/verify/candor-verify.ts");
  const child = spawn(process.execPath, [program, file, "--key", key, "--json"], { cwd: folder });
  const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
  const { findings } = JSON.parse(await text(child.stdout)) as { findings: { lie?: string }[] };
  return { code: await closed, lies: findings.flatMap(({ lie }) => lie ?? []) };
}

const honest = { code: 0, lies: [] };

describe("an export of a tenant's audit log", () => {
  it.each(["", "?from=0", "?from=17", "?from=256&to=290", "?to=100", `?from=${String(count)}`, "?from=5&to=5"])(
    "holds offline under the pinned key: %s",
    async (query) => {
      expect(await verify(await taken(query))).toEqual(honest);
    },
  );

  it("has every event with its salt, and of an erased one only its entry", async () => {
    const [header = "", ...lines] = (await taken()).split("\n").slice(0, -1);
    expect(JSON.parse(header)).toMatchObject({ format: "candor-audit-export/v1", from: 0 });
    const parsed = lines.map((line) => JSON.parse(line) as { event?: { id: string }; salt?: string; entry?: string });
    expect(lines).toHaveLength(count);
    expect(parsed.filter(({ event, salt }) => event && salt)).toHaveLength(count - 1);
    expect(parsed.filter(({ entry }) => entry)).toHaveLength(1);
  });

  it("is an act that the log tells of, before it is carried out", async () => {
    await taken("?from=3&to=9");
    const told = (await auditOf(scope)).filter(({ action }) => action === "audit.exported");
    expect(told.map(({ target }) => target)).toContainEqual({ from: "3", to: "9" });
  });

  it.each(["?from=1000", "?from=9&to=3", "?to=1000"])(
    "is refused for entries that are not there: %s",
    async (query) => {
      expect((await api.get(scope, `audit/export${query}`, { role: "owner" })).status).toBe(400);
    },
  );

  it("waits for the first checkpoint", async () => {
    expect((await api.get(await newTenant(stage), "audit/export", { role: "owner" })).status).toBe(409);
  });
});

describe("whoever edits an export", () => {
  type Edit = (lines: string[]) => string[];
  const line = (lines: string[], i: number): string => lines[i] ?? "";
  const renumbered: Edit = ([header = "", ...lines]) => [
    header,
    ...lines.map((one, i) => one.replace(/"index":\d+/, `"index":${String(i)}`)),
  ];
  const without = (lines: string[], i: number) => lines.filter((_, at) => at !== i);
  const replaced = (lines: string[], i: number, by: (old: string) => string) =>
    lines.map((old, at) => (at === i ? by(old) : old));
  const swapped: Edit = (lines) =>
    lines.map((old, at) => (at === 10 ? line(lines, 11) : at === 11 ? line(lines, 10) : old));
  const entryOnly = (old: string) => old.replace(/^.*"index":(\d+).*$/, `{"entry":"${"A".repeat(43)}=","index":$1}`);

  it.each<[string, string, Edit]>([
    ["removes an entry", "export-order", (lines) => without(lines, 10)],
    ["removes one and closes the gap", "export-length", (lines) => renumbered(without(lines, 10))],
    ["removes the first", "export-order", (lines) => without(lines, 1)],
    ["removes the last", "export-length", (lines) => lines.slice(0, -1)],
    [
      "changes what was done",
      "export-altered",
      (lines) => replaced(lines, 10, (old) => old.replace("opened", "closed")),
    ],
    [
      "changes who did it",
      "export-altered",
      (lines) => replaced(lines, 10, (old) => old.replace('"door":"test"', '"door":"jobs"')),
    ],
    [
      "changes when it was",
      "export-altered",
      (lines) => replaced(lines, 10, (old) => old.replace('"at":"2026', '"at":"2025')),
    ],
    [
      "changes what it was done to",
      "export-altered",
      (lines) => replaced(lines, 10, (old) => old.replace('"report":"', '"report":"9')),
    ],
    [
      "changes the request",
      "export-altered",
      (lines) => replaced(lines, 10, (old) => old.replace("request-1", "request-2")),
    ],
    [
      "changes a salt",
      "export-altered",
      (lines) => replaced(lines, 10, (old) => old.replace(/"salt":"../, '"salt":"zz')),
    ],
    ["erases an event that is not erased", "export-altered", (lines) => replaced(lines, 10, entryOnly)],
    ["swaps two", "export-order", swapped],
    ["swaps two and renumbers them", "export-altered", (lines) => renumbered(swapped(lines))],
    ["doubles one", "export-order", (lines) => [...lines.slice(0, 11), line(lines, 10), ...lines.slice(11)]],
    [
      "adds one at the end",
      "export-length",
      (lines) => [...lines, line(lines, 10).replace(/"index":\d+/, `"index":${String(count)}`)],
    ],
    ["adds a member", "export-malformed", (lines) => replaced(lines, 10, (old) => old.replace("{", '{"also":1,'))],
    [
      "says that it begins later",
      "malformed",
      (lines) => replaced(lines, 0, (old) => old.replace('"from":0', '"from":1')),
    ],
    [
      "changes the checkpoint's size",
      "checkpoint-signature",
      (lines) => replaced(lines, 0, (old) => old.replace(`\\n${String(count)}\\n`, `\\n${String(count - 1)}\\n`)),
    ],
    [
      "says whose log it is",
      "checkpoint-key",
      (lines) => replaced(lines, 0, (old) => old.replaceAll(scope.tenant, "another")),
    ],
  ])("and %s is found out: %s", async (_, lie, edit) => {
    const lines = (await taken(`?to=${String(count)}`)).split("\n").slice(0, -1);
    const edited = edit(lines);
    expect(edited).not.toEqual(lines);
    expect(await verify(`${edited.join("\n")}\n`)).toEqual({ code: 1, lies: [lie] });
  });
});

describe("a long log", () => {
  it(`of ${String(long)} events is taken out bundle by bundle: as much is read as was asked for, and let go of`, async () => {
    const tenant = await newTenant(stage);
    for (let done = 0; done < long; done += 1_000)
      await notary(stage).inserted(await writeEvents(tenant, Math.min(1_000, long - done), stage.clock.now()), "n");
    let reads = 0;
    const counting: Table = {
      ...tenant.table,
      list(question) {
        reads += 1;
        return tenant.table.list(question);
      },
      getMany(keys) {
        reads += 1;
        return tenant.table.getMany(keys);
      },
    };
    const { published, checkpoint = "" } = await readLogHead(auditLog(tenant));
    const { size } = published;
    const ledger = { objects: notaryPorts(stage).ledger.objects, bucket: bucketNames.ledger };
    const part = { from: 0, to: size, size, checkpoint };
    const heaps: number[] = [];
    let bytes = 0;
    let pieces = 0;
    for await (const piece of auditExport(scopeOfWork(counting, tenant.tenant), ledger, part)) {
      bytes += piece.length;
      // The header, then a piece a bundle: a query and three reads by key.
      expect(reads).toBeLessThanOrEqual(4 * pieces);
      pieces += 1;
      heaps.push(liveBytes());
    }
    expect([size, pieces]).toEqual([long, 1 + Math.ceil(long / 256)]);
    const grown = Math.max(...heaps.slice(2)) - (heaps[1] ?? 0);
    process.stdout.write(
      `audit export: ${String(bytes)} bytes of ${String(long)} events, heap grew by ${String(grown)} bytes at most\n`,
    );
    expect(grown).toBeLessThan(4_000_000);
  }, 600_000);
});

/** Bytes on the heap that somebody still holds. */
function liveBytes(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}
