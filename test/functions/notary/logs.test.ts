import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { auditLog, findLeaf, publicLog, readLogHead } from "#shared/store/ledger.ts";
import { dueInLogs } from "#shared/store/pending.ts";
import { nextRenewal } from "#shared/store/signing-keys.ts";
import type { Key } from "#shared/store/table.ts";
import type { Failed } from "#shared/store/tasks.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { treeHash } from "#test/shared/ledger/reference-tree.ts";
import { objectsIn } from "#test/stage/arriving-mail.ts";
import { writeEvents } from "#test/stage/audit-events.ts";
import { notary, notaryPorts } from "#test/stage/doors.ts";
import { type Death, mortal } from "#test/stage/dying.ts";
import { readCheckpoint, readLog } from "#test/stage/log-reader.ts";
import { hour, minute } from "#test/stage/movable-clock.ts";
import { auditOf } from "#test/stage/records.ts";
import { bucketNames, useStage } from "#test/stage/stage.ts";
import { newTenant as anyTenant } from "#test/stage/tenant.ts";

const stage = useStage();

/** A run is killed at every so many of its calls; at each of them with CANDOR_FULL=1. */
const stride = process.env["CANDOR_FULL"] === "1" ? 1 : 3;

/** A tenant whose statements nobody looks after: making its key would be an event, too. */
async function newTenant(given: typeof stage): Promise<TenantScope> {
  const scope = await anyTenant(given);
  await nextRenewal(scope, new Date("2100-01-01"));
  return scope;
}

/** What failed of one tenant's log. */
const failuresOf = (scope: TenantScope, failed: readonly Failed[]) =>
  failed.filter(({ name }) => name === `log ${scope.tenant}`);

/** A tenant's audit log as an outsider reads it, past the gate. */
async function auditLogOf(scope: TenantScope) {
  const { checkpoint = "" } = await readLogHead(auditLog(scope));
  const ports = notaryPorts(stage);
  const { spki } = await ports.platformKeys.checkpoints();
  const signed = readCheckpoint(checkpoint, spki);
  const read = (path: string) => ports.ledger.objects.read(bucketNames.ledger, `audit/${scope.tenant}/${path}`);
  return { ...signed, entries: await readLog(signed, read) };
}

/** What waits is nothing, and every event has a place of its own, from 0 on. */
async function expectWhole(scope: TenantScope, count: number): Promise<void> {
  const events = await allEvents(scope);
  const { size, entries } = await auditLogOf(scope);
  expect(size).toBe(count);
  const byPlace = events.toSorted((one, other) => Number(one["leaf"]) - Number(other["leaf"]));
  expect(byPlace.map((event) => event["leaf"])).toEqual(Array.from({ length: count }, (_, i) => i));
  const stored = byPlace.map((event) => Buffer.from(event["entry"] as Uint8Array).toString("hex"));
  expect(stored).toEqual(entries.map((entry) => entry.toString("hex")));
}

async function allEvents(scope: TenantScope) {
  const found = [];
  let after: Awaited<ReturnType<typeof scope.table.list>>["next"];
  do {
    const page = await scope.table.list({ partition: `AUDIT#${scope.tenant}#`, ...(after ? { after } : {}) });
    found.push(...page.items);
    after = page.next;
  } while (after);
  return found;
}

const dueOf = async (scope: TenantScope, at: Date): Promise<readonly Key[]> =>
  (await dueInLogs(stage.table, at, 20_000)).filter(({ pk }) => pk.includes(`#${scope.tenant}#`));

describe("an audit event", () => {
  it("gets its place, tiles and a signed checkpoint when the stream brings it", async () => {
    const scope = await newTenant(stage);
    const events = await writeEvents(scope, 3, stage.clock.now());
    expect(await notary(stage).inserted(events, "request-1")).toEqual([]);
    await expectWhole(scope, 3);
    expect((await auditLogOf(scope)).origin).toBe(`localhost/audit/${scope.tenant}`);
    expect(await dueOf(scope, new Date(stage.clock.now().getTime() + hour))).toEqual([]);
  });

  it("gets it once however often it is brought", async () => {
    const scope = await newTenant(stage);
    const events = await writeEvents(scope, 2, stage.clock.now());
    for (const keys of [events, events.toReversed(), [...events, ...events]])
      expect(await notary(stage).inserted(keys, "request-1")).toEqual([]);
    await expectWhole(scope, 2);
  });

  it("gets it within a minute or two when the stream never brings it", async () => {
    const scope = await newTenant(stage);
    await writeEvents(scope, 5, stage.clock.now());
    expect(await notary(stage).scheduled(stage.clock.now(), "request-1")).toEqual([]);
    expect(await readLogHead(auditLog(scope))).toMatchObject({ range: { size: 0 } });
    stage.clock.forward(minute);
    expect(await notary(stage).scheduled(stage.clock.now(), "request-2")).toEqual([]);
    await expectWhole(scope, 5);
  });

  it("is found in the log by its leaf hash", async () => {
    const scope = await newTenant(stage);
    await notary(stage).inserted(await writeEvents(scope, 4, stage.clock.now()), "request-1");
    const { entries } = await auditLogOf(scope);
    const leaf = createHash("sha256")
      .update(Buffer.of(0))
      .update(entries[2] ?? "")
      .digest("hex");
    expect(await findLeaf(auditLog(scope), leaf)).toBe(2);
    expect(await findLeaf(auditLog(scope), "0".repeat(64))).toBeUndefined();
    expect(await findLeaf(publicLog(stage.table), leaf)).toBeUndefined();
  });

  it("that was erased before it had a place does not come back, and keeps nobody else from theirs", async () => {
    const scope = await newTenant(stage);
    const events = await writeEvents(scope, 3, stage.clock.now());
    const [, second] = events;
    if (!second) throw new Error("There is no second event.");
    // There is no delete behind the table's port yet: what stands for it is another partition.
    const gone = { ...second, sk: `${second.sk}-gone` };
    expect(await notary(stage).inserted([...events, gone], "request-1")).toEqual([]);
    await expectWhole(scope, 3);
    expect(await stage.table.get(gone)).toBeUndefined();
  });

  it("stands in the table under an opaque name of who did it", async () => {
    const scope = await newTenant(stage);
    await writeEvents(scope, 1, stage.clock.now());
    const [event] = await auditOf(scope);
    expect(event?.["salt"]).toHaveLength(16);
    expect(event?.["entry"]).toHaveLength(32);
  });
});

describe("a log", () => {
  it("grows over the ends of bundles, tiles written once, each checkpoint the beginning of the next", async () => {
    const scope = await newTenant(stage);
    const sizes = [1, 44, 90, 200, 256, 257, 513];
    let before = 0;
    for (const size of sizes) {
      await notary(stage).inserted(await writeEvents(scope, size - before, stage.clock.now()), "request-1");
      before = size;
      await expectWhole(scope, size);
    }
    const names = await objectsIn(stage, "ledger", `audit/${scope.tenant}/`);
    expect(names).toContain(`audit/${scope.tenant}/tile/0/001`);
    expect(names).toContain(`audit/${scope.tenant}/tile/1/000.p/2`);
  });

  it("of another tenant, and the public one, are apart", async () => {
    const [one, other] = [await newTenant(stage), await newTenant(stage)];
    const events = [
      ...(await writeEvents(one, 2, stage.clock.now())),
      ...(await writeEvents(other, 3, stage.clock.now())),
    ];
    await notary(stage).inserted(events, "request-1");
    await expectWhole(one, 2);
    await expectWhole(other, 3);
  });

  it("is not signed when an entry was changed behind its back", async () => {
    const scope = await newTenant(stage);
    await notary(stage).inserted(await writeEvents(scope, 2, stage.clock.now()), "request-1");
    const held = await readLogHead(auditLog(scope));
    const dead = mortal({ objects: notaryPorts(stage).ledger.objects }, { at: 1, when: "before" });
    const ledger = { ...notaryPorts(stage).ledger, objects: dead.ports.objects };
    const events = await writeEvents(scope, 2, stage.clock.now());
    expect(await notary(stage, { ledger }).inserted(events, "request-1")).toHaveLength(1);
    const key = { pk: `ENTRIES#${scope.tenant}#0#`, sk: "2".padStart(16, "0") };
    await stage.table.write({ update: key, set: { entries: [Buffer.alloc(32, 1), Buffer.alloc(32, 2)] } });
    const [failed] = await notary(stage).inserted(events, "request-2");
    expect(String(failed?.error)).toContain("are not those of its head");
    expect((await readLogHead(auditLog(scope))).checkpoint).toBe(held.checkpoint);
  });

  it("does not overwrite a tile with other bytes", async () => {
    const scope = await newTenant(stage);
    const { objects } = notaryPorts(stage).ledger;
    await objects.write(bucketNames.ledger, `audit/${scope.tenant}/tile/0/000.p/1`, [Buffer.alloc(32)]);
    const [failed] = await notary(stage).inserted(await writeEvents(scope, 1, stage.clock.now()), "request-1");
    expect(String(failed?.error)).toContain("has other bytes");
    expect((await readLogHead(auditLog(scope))).checkpoint).toBeUndefined();
  });

  it("that grew has a checkpoint within the hour, whatever befell the run that made it grow", async () => {
    const scope = await newTenant(stage);
    const signerOf = async () => Promise.reject(new Error("KMS is not there."));
    const events = await writeEvents(scope, 2, stage.clock.now());
    expect(await notary(stage, { signerOf }).inserted(events, "request-1")).toHaveLength(1);
    expect(await readLogHead(auditLog(scope))).toMatchObject({ range: { size: 2 }, published: { size: 0 } });
    stage.clock.forward(hour);
    await notary(stage).scheduled(stage.clock.now(), "request-2");
    await expectWhole(scope, 2);
    expect(await dueOf(scope, new Date(stage.clock.now().getTime() + hour))).toEqual([]);
  });
});

describe("two that sequence one log at once", () => {
  // All of them with CANDOR_FULL=1; a share of them always.
  const leaves = process.env["CANDOR_FULL"] === "1" ? 10_000 : 600;

  it(`leave no gap and no fork among ${String(leaves)} leaves`, { timeout: 600_000 }, async () => {
    const scope = await newTenant(stage);
    const events: Key[] = [];
    const signed: string[] = [];
    const watch = setInterval(
      () => void readLogHead(auditLog(scope)).then(({ checkpoint }) => checkpoint && signed.push(checkpoint)),
      50,
    );
    for (let start = 0; start < leaves; start += 1_000)
      events.push(...(await writeEvents(scope, Math.min(1_000, leaves - start), stage.clock.now())));
    const batches = Array.from({ length: Math.ceil(leaves / 100) }, (_, i) => events.slice(i * 100, (i + 1) * 100));
    // From both ends: they want different events at the same place, and in the middle the same events.
    const runs = [batches, batches.toReversed()].map(async (mine) => {
      const door = notary(stage);
      for (const batch of mine) expect(await door.inserted(batch, "request-1")).toEqual([]);
    });
    await Promise.all(runs);
    clearInterval(watch);
    await expectWhole(scope, leaves);
    const { spki } = await notaryPorts(stage).platformKeys.checkpoints();
    const { entries } = await auditLogOf(scope);
    const seen = [...new Map(signed.map((note) => [note, readCheckpoint(note, spki)])).values()].slice(0, 40);
    expect(seen.length).toBeGreaterThan(1);
    for (const { size, root } of seen) expect(treeHash(entries.slice(0, size)).equals(root)).toBe(true);
  });
});

describe.each(["before", "after"] as const)("a run that dies %s a call", (when) => {
  it("leaves a log that the next run completes", { timeout: 120_000 }, async () => {
    const once = async (death: Death): Promise<boolean> => {
      const scope = await newTenant(stage);
      await notary(stage).inserted(await writeEvents(scope, 2, stage.clock.now()), "request-0");
      // Two transactions.
      const events = await writeEvents(scope, 47, stage.clock.now());
      const ports = notaryPorts(stage);
      const keys = { sign: async (note: Uint8Array) => signOnce(note) };
      const life = mortal({ table: ports.table, objects: ports.ledger.objects, keys }, death);
      async function signOnce(note: Uint8Array) {
        const signer = await ports.signerOf(await ports.platformKeys.checkpoints());
        return signer.algorithm === "Ed25519" ? signer.signMessage(note) : note;
      }
      const signerOf: typeof ports.signerOf = async (key) => ({
        algorithm: "Ed25519",
        publicKey: (await ports.signerOf(key)).publicKey,
        signMessage: (note) => life.ports.keys.sign(note),
      });
      const change = { table: life.ports.table, ledger: { ...ports.ledger, objects: life.ports.objects }, signerOf };
      await notary(stage, change).inserted(events, "request-1");
      stage.clock.forward(minute);
      expect(failuresOf(scope, await notary(stage).scheduled(stage.clock.now(), "request-2"))).toEqual([]);
      await expectWhole(scope, 49);
      expect(await dueOf(scope, new Date(stage.clock.now().getTime() + hour))).toEqual([]);
      return life.died();
    };
    let deaths = 0;
    while (await once({ at: deaths + 1, when })) deaths += stride;
    expect(deaths).toBeGreaterThan(14);
  });
});
