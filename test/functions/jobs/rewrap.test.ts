import { hash, randomBytes } from "node:crypto";
import { EncryptCommand, KMSClient } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hostClient } from "#infra/local/storage/host-client.ts";
import { connectUnwrapper } from "#shared/aws/vault.ts";
import { conversationContext } from "#shared/report/conversation.ts";
import { Report } from "#shared/report/report.ts";
import { keysOfPurposes, keysOfReport } from "#shared/store/held-keys.ts";
import { openReport } from "#shared/store/intake.ts";
import { readNamedKey } from "#shared/store/named-keys.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { keyClient } from "#test/functions/admin-api/key-client.ts";
import { useApi } from "#test/stage/api-client.ts";
import { jobsPorts } from "#test/stage/doors.ts";
import { mortal } from "#test/stage/dying.ts";
import { minute } from "#test/stage/movable-clock.ts";
import { runDue } from "#test/stage/queued-jobs.ts";
import { onlyRecord } from "#test/stage/records.ts";
import { report } from "#test/stage/reporter.ts";
import { region, useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const api = useApi(stage);
const ask = keyClient(stage, api);
let tenant: TenantScope;
let host: KMSClient;
beforeAll(() => {
  host = new KMSClient(hostClient(stage.kms.url));
});
afterAll(() => host.destroy());
beforeEach(async () => {
  tenant = await newTenant(stage);
  stage.faults.clear();
});

/** Rotates the sealing key to one of the tenant's own, and lets the doors forget the one before. */
async function rotate(): Promise<void> {
  expect((await ask(tenant, "keys/candor-sealing/rotate", { origin: "tenant" })).status).toBe(200);
  stage.clock.forward(4 * minute);
}

/** Asks for the job and sees it through. */
async function rewrapAll() {
  const { status, body } = await ask(tenant, "jobs", { kind: "rewrap" });
  expect(status).toBe(202);
  await runDue(stage, tenant);
  return (await ask(tenant, `jobs/${body.id}`)).body;
}

const messages = async () => (await ask(tenant, `reports/${(await onlyRecord(tenant)).report.id}/messages`)).status;

describe("the sealing key of a tenant", () => {
  it("is the platform's to begin with, and takes nothing of a named key that would open what is sealed", async () => {
    const { body } = await ask(tenant, "keys/candor-sealing");
    expect(body).toMatchObject({ system: true, versions: [{ version: 1, origin: "platform", state: "enabled" }] });
    for (const [path, given] of [
      ["decrypt", { ciphertext: "x" }],
      ["encrypt", { plaintext: "" }],
      ["data-key", {}],
      ["rewrap", { ciphertext: "x" }],
      ["shred", { version: 1 }],
      ["cancel-shred", { version: 1 }],
    ] as const) {
      expect([path, (await ask(tenant, `keys/candor-sealing/${path}`, given)).status]).toEqual([path, 403]);
    }
    const settings = { minDecryptVersion: 1 };
    expect((await ask(tenant, "keys/candor-sealing", settings, { method: "PATCH", ifMatch: "*" })).status).toBe(409);
    expect((await ask(tenant, "keys/candor-sealing/rotate", {}, { role: "operator" })).status).toBe(403);
    expect((await ask(tenant, "keys/candor-sealing/retire", { version: 1 })).status).toBe(409);
  });

  it("once rotated is what new mail stands under, and what the doors open with", async () => {
    await rotate();
    await report(stage, tenant);
    const { kmsKey } = (await readNamedKey(tenant, "candor-sealing"))?.versions[1] ?? {};
    const [held] = await keysOfReport(tenant, (await onlyRecord(tenant)).report.id);
    expect(held?.key).toMatchObject({ wrappedVersion: 2, wrappedUnder: kmsKey });
    for (const { key } of await keysOfPurposes(tenant)) expect(key.wrappedUnder).toBe(kmsKey);
    expect(await messages()).toBe(200);
  });

  it("rotates by its period too", async () => {
    await rotate();
    await ask(tenant, "keys/candor-sealing", { rotateEvery: "P1D" }, { method: "PATCH", ifMatch: "*" });
    stage.clock.forward(1440 * minute);
    await runDue(stage, tenant);
    expect((await readNamedKey(tenant, "candor-sealing"))?.versions).toMatchObject([
      {},
      { origin: "tenant" },
      { origin: "tenant" },
    ]);
  });
});

describe("a rewrap", () => {
  it("moves what stands under old versions by one KMS call each, counts it, and lets the old version be retired", async () => {
    await report(stage, tenant);
    await report(stage, tenant, { fields: ["X-Local-Virus: FAIL"] });
    await rotate();
    expect((await ask(tenant, "keys/candor-sealing/retire", { version: 1 })).status).toBe(409);
    const before = { ...stage.kms.calls };
    const job = await rewrapAll();
    expect(job).toMatchObject({ state: "done", progress: { done: 1, total: 1, failed: 0 } });
    expect(stage.kms.calls["ReEncrypt"] - before["ReEncrypt"]).toBe(3);
    expect(stage.kms.calls["Decrypt"] - before["Decrypt"]).toBe(0);
    const usage = await ask(tenant, "keys/candor-sealing/usage");
    expect(usage.body).toEqual({
      key: "candor-sealing",
      countedAt: stage.clock.now().toISOString(),
      objects: ["outbox", "quarantine", "conversation"].map((kind) => ({ kind, version: 2, objects: 1, sheltered: 0 })),
    });
    expect((await ask(tenant, "keys/candor-sealing/retire", { version: 2 })).status).toBe(409);
    expect((await ask(tenant, "keys/candor-sealing/retire", { version: 1 })).status).toBe(200);
    expect(await messages()).toBe(200);
    const again = await rewrapAll();
    expect([again.state, stage.kms.calls["ReEncrypt"] - before["ReEncrypt"]]).toEqual(["done", 3]);
  });

  it("waits until every door knows the new version, and begins anew when it is rotated meanwhile", async () => {
    await report(stage, tenant);
    await ask(tenant, "keys/candor-sealing/rotate", { origin: "tenant" });
    const { body } = await ask(tenant, "jobs", { kind: "rewrap" });
    await runDue(stage, tenant);
    const waiting = (await ask(tenant, `jobs/${body.id}`)).body;
    expect(waiting.notBefore).toBe(new Date(stage.clock.now().getTime() + 3 * minute).toISOString());
    await ask(tenant, "keys/candor-sealing/rotate", { origin: "tenant" });
    stage.clock.forward(3 * minute);
    await runDue(stage, tenant);
    expect((await ask(tenant, "keys/candor-sealing/usage")).body.objects).toEqual(
      ["outbox", "conversation"].map((kind) => ({ kind, version: 3, objects: 1, sheltered: 0 })),
    );
  });

  it("says what stands in its way while a key is shut off, and goes on when it is enabled", async () => {
    await rotate();
    await report(stage, tenant);
    const { kmsKey = "" } = (await readNamedKey(tenant, "candor-sealing"))?.versions[1] ?? {};
    await rotate();
    await jobsOff(kmsKey, async () => {
      const job = await rewrapAll();
      expect([job.state, job.problem]).toEqual(["running", expect.stringContaining("shut off")]);
    });
    stage.clock.forward(minute);
    await runDue(stage, tenant);
    const { items } = (await ask(tenant, "jobs")).body;
    expect(items[0].state).toBe("done");
    expect(items[0]).not.toHaveProperty("problem");
  });

  it("leaves what is damaged where it is, counts it as failed, and lets nobody retire that version", async () => {
    await seed(3, (n) =>
      n === 1 ? Buffer.from("not a wrapped key at all, but long enough to be read as one......") : undefined,
    );
    await rotate();
    const job = await rewrapAll();
    expect(job).toMatchObject({ state: "done", progress: { done: 3, total: 3, failed: 1 } });
    expect((await ask(tenant, "keys/candor-sealing/usage")).body.objects).toEqual(
      expect.arrayContaining([{ kind: "conversation", version: 1, objects: 1, sheltered: 0 }]),
    );
    expect((await ask(tenant, "keys/candor-sealing/retire", { version: 1 })).status).toBe(409);
  });

  // All of them with CANDOR_FULL=1; a share of them always.
  const objects = process.env["CANDOR_FULL"] === "1" ? 10_000 : 300;
  it(`of ${String(objects)} objects, killed five times, ends with all of them moved, and each of them opens at any time`, async () => {
    const seeded = await seed(objects);
    await rotate();
    const { body } = await ask(tenant, "jobs", { kind: "rewrap" });
    const { asTenant } = jobsPorts(stage);
    // Calls that a whole run makes, and five places among them in which it is killed.
    const calls = objects * 3;
    for (const part of [0.02, 0.13, 0.31, 0.22, 0.17]) {
      const { ports, died } = mortal(await asTenant(tenant.tenant), { at: Math.ceil(calls * part), when: "after" });
      await runDue(stage, tenant, { asTenant: async (of) => (of === tenant.tenant ? ports : asTenant(of)) }).catch(
        () => undefined,
      );
      expect(died()).toBe(true);
      await expectAllOpen(objects > 1_000 ? seeded.filter((_, n) => n % 97 === 0) : seeded);
      stage.clock.forward(3 * minute);
    }
    await runDue(stage, tenant);
    const job = (await ask(tenant, `jobs/${body.id}`)).body;
    expect(job).toMatchObject({ state: "done", progress: { done: objects, total: objects, failed: 0 } });
    expect((await ask(tenant, "keys/candor-sealing/usage")).body.objects).toEqual([
      { kind: "conversation", version: 2, objects, sheltered: 0 },
    ]);
    await expectAllOpen(seeded);
  }, 900_000);
});

/** Runs while a KMS key is disabled for every door. */
async function jobsOff(kmsKey: string, run: () => Promise<void>): Promise<void> {
  stage.faults.keys = ({ keyArn }) =>
    keyArn === kmsKey ? Object.assign(new Error("off"), { name: "DisabledException" }) : undefined;
  await run();
  stage.faults.clear();
}

interface Seeded {
  readonly report: string;
  readonly conversation: string;
  readonly privateKey: Buffer;
}

/** Reports as they stood before keys had versions, every second one with the ARN beside it. `broken` gives other bytes for some. */
async function seed(count: number, broken: (n: number) => Uint8Array | undefined = () => undefined): Promise<Seeded[]> {
  const seeded = Array.from({ length: count }, (_, n) => ({
    report: hash("sha256", `${tenant.tenant} report ${String(n)}`)
      .slice(0, 26)
      .replaceAll(/[0189]/g, "z"),
    conversation: hash("sha256", `${tenant.tenant} conversation ${String(n)}`)
      .slice(0, 26)
      .replaceAll(/[0189]/g, "z"),
    privateKey: hash("sha256", `${tenant.tenant} key ${String(n)}`, "buffer"),
    n,
  }));
  for (let at = 0; at < count; at += 40) {
    const writes = await Promise.all(
      seeded.slice(at, at + 40).map(async ({ report: id, conversation, privateKey, n }) => {
        const context = conversationContext(tenant.tenant, conversation);
        const input = { KeyId: stage.keys.sealing, Plaintext: privateKey, EncryptionContext: context };
        const { CiphertextBlob = new Uint8Array() } = await host.send(new EncryptCommand(input));
        const key = { report: id, number: `N-${String(n)}`, conversation, suite, publicKey: randomBytes(32) } as const;
        const wrappedPrivateKey = broken(n) ?? CiphertextBlob;
        const noted = n % 2 === 0 ? {} : { wrappedVersion: 1, wrappedUnder: stage.keys.sealing };
        return openReport(tenant, reportOf(id, n), key, { wrappedPrivateKey, ...noted });
      }),
    );
    await tenant.table.transact(writes.flat());
  }
  return seeded;
}

const suite = "x25519-hkdf-sha256-aes256gcm";

function reportOf(id: string, n: number): Report {
  const at = new Date(stage.clock.now().getTime() - n * 1000).toISOString();
  return Report.parse({
    ...{ id, tenant: tenant.tenant, number: `N-${String(n)}`, state: "new", flags: [], via: "mail", receivedAt: at },
    ...{ changedAt: at, acknowledgement: { state: "none", reason: "test" }, messages: 1, version: 1 },
  });
}

/** Each private key is what it was, opened as the API opens it. */
async function expectAllOpen(seeded: readonly Seeded[]): Promise<void> {
  const unwrapper = connectUnwrapper({
    ...{ region, endpoint: stage.kms.url, credentials: hostClient("").credentials, platformKey: stage.keys.sealing },
  });
  for (let at = 0; at < seeded.length; at += 25) {
    await Promise.all(
      seeded.slice(at, at + 25).map(async ({ report: id, privateKey }) => {
        const [held] = await keysOfReport(tenant, id);
        if (!held) throw new Error("A conversation is gone.");
        expect(Buffer.from(await unwrapper.unwrap(held.key, held.context)).equals(privateKey)).toBe(true);
      }),
    );
  }
}
