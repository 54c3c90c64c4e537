import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { verifyConsistency } from "#shared/ledger/consistency.ts";
import { openTlogProof } from "#shared/ledger/tlog-proof.ts";
import { noteVerifier } from "#shared/signing/note.ts";
import { readSpki } from "#shared/signing/public-key.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { treeHash } from "#test/shared/ledger/reference-tree.ts";
import { useApi } from "#test/stage/api-client.ts";
import { writeEvents } from "#test/stage/audit-events.ts";
import { notary, notaryPorts } from "#test/stage/doors.ts";
import { readCheckpoint, readLog } from "#test/stage/log-reader.ts";
import { bucketNames, useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const api = useApi(stage);
let scope: TenantScope;
let entries: readonly Buffer[];

beforeAll(async () => {
  scope = await newTenant(stage);
  await notary(stage).inserted([{ pk: `SIGNING#${scope.tenant}#`, sk: "RENEWAL" }], "request-1");
  for (const count of [5, 30, 20])
    await notary(stage).inserted(await writeEvents(scope, count, stage.clock.now()), "r");
  const { spki } = await notaryPorts(stage).platformKeys.checkpoints();
  const { objects } = notaryPorts(stage).ledger;
  const signed = readCheckpoint(await text("ledger/checkpoint"), spki);
  entries = await readLog(signed, (path) => objects.read(bucketNames.ledger, `audit/${scope.tenant}/${path}`));
});

const get = (path: string, role: "owner" | "operator" | "viewer" = "viewer") => api.get(scope, path, { role });
async function text(path: string): Promise<string> {
  const answer = await get(path);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.text();
}

async function trusted(origin: string) {
  const { spki } = await notaryPorts(stage).platformKeys.checkpoints();
  return { origin, verifiers: [noteVerifier(origin, readSpki(spki))] };
}

describe("a tenant's audit log through the API", () => {
  it("proves each entry offline, found by index and by leaf hash", async () => {
    const log = await trusted(`localhost/audit/${scope.tenant}`);
    for (const [index, entry] of entries.entries()) {
      const digest = createHash("sha256").update(Buffer.of(0)).update(entry).digest("hex");
      const proof = await text(`ledger/proof?index=${String(index)}`);
      expect(await text(`ledger/proof?digest=${digest}`)).toBe(proof);
      expect(openTlogProof(proof, entry, log)?.size).toBe(entries.length);
      expect(openTlogProof(proof, Buffer.from("another"), log)).toBeUndefined();
    }
  });

  it("proves that it only grew, between any two sizes", async () => {
    const size2 = entries.length;
    for (const [size1, to] of [
      [1, size2],
      [7, 40],
      [33, 34],
      [size2, size2],
      [5, undefined],
    ] as const) {
      const answer = await get(
        `ledger/consistency?from=${String(size1)}${to === undefined ? "" : `&to=${String(to)}`}`,
      );
      const { proof } = (await answer.json()) as { proof: string[] };
      const end = to ?? size2;
      const roots = { root1: treeHash(entries.slice(0, size1)), root2: treeHash(entries.slice(0, end)) };
      const hashes = proof.map((hash) => Buffer.from(hash, "base64"));
      expect(verifyConsistency({ size1, size2: end, ...roots, proof: hashes })).toBe(true);
    }
  });

  it("and the deployment's log: the same questions, other answers", async () => {
    const log = await trusted("localhost/ledger");
    const note = await text("ledger/checkpoint?log=public");
    expect(note.startsWith("localhost/ledger\n")).toBe(true);
    const answer = await notaryPorts(stage).ledger.objects.read(bucketNames.ledger, "public/tile/entries/000.p/3");
    const first = Buffer.from(answer ?? []);
    const entry = first.subarray(2, 2 + first.readUInt16BE(0));
    expect(openTlogProof(await text("ledger/proof?index=0&log=public"), entry, log)?.size).toBe(3);
  });

  it.each([
    ["ledger/proof", 422],
    ["ledger/proof?index=0&digest=00", 422],
    ["ledger/proof?index=-1", 422],
    ["ledger/proof?index=1.5", 422],
    ["ledger/proof?digest=xyz", 422],
    ["ledger/proof?index=1&log=other", 422],
    ["ledger/proof?index=0&more=1", 422],
    [`ledger/proof?digest=${"0".repeat(64)}`, 404],
    ["ledger/proof?index=100000", 409],
    ["ledger/consistency", 422],
    ["ledger/consistency?from=0", 422],
    ["ledger/consistency?from=3&to=2", 400],
    ["ledger/consistency?from=3&to=100000", 400],
    ["ledger", 404],
  ])("answers %s with %i", async (path, status) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  });

  it("is nobody else's: another tenant's member gets 404, its index and hashes or not", async () => {
    const other = await newTenant(stage);
    for (const path of ["ledger/checkpoint", "ledger/proof?index=0", "ledger/consistency?from=1"]) {
      expect((await api.get(scope, path, { of: other, role: "owner" })).status).toBe(404);
      expect((await api.get(other, path)).status).toBe(404);
    }
    expect(api.errors).toEqual([]);
  });
});
