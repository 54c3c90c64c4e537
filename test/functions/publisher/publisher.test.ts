import { createHash, createPublicKey, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { encodePublicEntry } from "#shared/ledger/public-entry.ts";
import { parseTlogProof } from "#shared/ledger/tlog-proof.ts";
import { readReleaseBody } from "#shared/posture/read-release-body.ts";
import { publishedEntry } from "#shared/release/log-entry.ts";
import { publicLogName } from "#shared/store/keys.ts";
import { listPublicReleases, readPublicRelease, readReleasePointer } from "#shared/store/public-releases.ts";
import { readPublished } from "#shared/store/published.ts";
import { readRelease, readReleaseHead, readWithdrawal } from "#shared/store/releases.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { treeHash } from "#test/shared/ledger/reference-tree.ts";
import { objectsIn } from "#test/stage/arriving-mail.ts";
import { notary, notaryPorts, publisher, publisherPorts } from "#test/stage/doors.ts";
import { readCheckpoint, readLog } from "#test/stage/log-reader.ts";
import { largestItemOf, manyClaims, writeItems } from "#test/stage/many-claims.ts";
import { day, minute } from "#test/stage/movable-clock.ts";
import { ask, claim, outcomeOf, publishNow, releaseItem, throwFirst, writeItem } from "#test/stage/publishing.ts";
import { auditOf } from "#test/stage/records.ts";
import { bucketNames, useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();

async function tenantWithDraft(): Promise<TenantScope> {
  const scope = await newTenant(stage);
  await writeItem(scope, "claims", claim("tls"));
  return scope;
}

async function bodyOf(scope: TenantScope, digest: string): Promise<Uint8Array | undefined> {
  const { asTenant, bucket } = publisherPorts(stage);
  return (await asTenant(scope.tenant)).objects.read(bucket, `${scope.tenant}/${digest.replace("sha256:", "")}`);
}

/** Runs both doors by the clock, as the schedule does. */
async function runSchedules(): Promise<void> {
  throwFirst(await publisher(stage).scheduled(stage.clock.now(), "run-p"));
  throwFirst(await notary(stage).scheduled(stage.clock.now(), "run-n"));
}

const actionsOf = async (scope: TenantScope): Promise<unknown[]> =>
  (await auditOf(scope)).map(({ action }) => action).filter((action) => String(action).startsWith("release."));

describe("a release", () => {
  it("holds the draft's public part, and is shown once it is logged and signed", async () => {
    const scope = await tenantWithDraft();
    await writeItem(scope, "claims", claim("inner", { visibility: "internal" }));
    const asked = await ask(stage, scope, { kind: "publish", note: "The first.", base: 0 });
    throwFirst(await publisher(stage).inserted([asked], "run-p"));
    expect(await outcomeOf(scope, asked)).toMatchObject({ state: "done", release: 1 });
    expect(await readRelease(scope, 1)).toMatchObject({ state: "pending", by: "somebody", previous: null });
    expect(await readReleasePointer(scope)).toBeUndefined();
    expect(await readPublicRelease(scope, 1)).toBeUndefined();

    throwFirst(await notary(stage).inserted([releaseItem(scope, 1)], "run-n"));
    const pointer = await readReleasePointer(scope);
    expect(pointer).toMatchObject({ release: 1, at: stage.clock.now().toISOString() });
    const bytes = (await bodyOf(scope, pointer?.body ?? "")) ?? new Uint8Array();
    expect(`sha256:${createHash("sha256").update(bytes).digest("hex")}`).toBe(pointer?.body);
    expect(bytes.length).toBe(pointer?.bytes);
    expect(Object.keys(readReleaseBody(bytes).content.claims)).toEqual(["tls"]);
    expect((await actionsOf(scope)).sort()).toEqual(["release.frozen", "release.published"]);
    expect(await readRelease(scope, 1)).toMatchObject({ state: "published" });
  });

  it("has a signature that any program checks, by the key that the host shows, over what the log holds", async () => {
    const scope = await tenantWithDraft();
    await publishNow(stage, scope);
    const number = await publishNow(stage, scope, { kind: "publish", note: "Zwei \u2014 2" });
    const shown = await readPublicRelease(scope, number);
    if (!shown) throw new Error("The release is not shown.");
    const bundle = JSON.parse(shown.bundle);
    const { payload, payloadType, signatures } = bundle.dsseEnvelope;
    const bytes = Buffer.from(payload, "base64");
    // DSSE protocol.md: PAE(type, body).
    const signed = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${bytes.length} `), bytes]);
    const pem = (await readPublished(scope, "candor.pub"))?.body ?? "";
    expect(verify("sha256", signed, createPublicKey(pem), Buffer.from(signatures[0].sig, "base64"))).toBe(true);
    const first = await readPublicRelease(scope, 1);
    expect(JSON.parse(bytes.toString())).toEqual({
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: `${scope.tenant}/releases/2`, digest: { sha256: shown.body.replace("sha256:", "") } }],
      predicateType: "urn:candor:release:v1",
      predicate: { tenant: scope.tenant, release: 2, at: shown.at, previous: first?.body, note: "Zwei \u2014 2" },
    });

    // The proof leads to a checkpoint, the log to the entry.
    const { spki } = await notaryPorts(stage).platformKeys.checkpoints();
    const { index, checkpoint } = parseTlogProof(shown.proof);
    const view = readCheckpoint(checkpoint, spki);
    const read = (path: string) => notaryPorts(stage).ledger.objects.read(bucketNames.ledger, `public/${path}`);
    const entries = await readLog(view, read);
    expect(JSON.parse(String(entries[index]))).toEqual({
      ...{ v: 1, kind: "release.published", tenant: scope.tenant, release: 2, body: shown.body, at: shown.at },
      statement: `sha256:${createHash("sha256").update(bytes).digest("hex")}`,
    });
    expect(treeHash(entries).equals(view.root)).toBe(true);
    expect(shown.index).toBe(index);
  });

  it("is not made of a draft with faults, which are named", async () => {
    const scope = await tenantWithDraft();
    await writeItem(
      scope,
      "claims",
      claim("b", { confirmation: { on: "2031-01-01", by: "x", method: "review" } as never }),
    );
    const asked = await ask(stage, scope, { kind: "publish" });
    throwFirst(await publisher(stage).inserted([asked], "run-p"));
    const { state, refusal } = await outcomeOf(scope, asked);
    expect([state, refusal?.code]).toEqual(["refused", "invalid"]);
    expect(refusal?.faults?.[0]?.pointer).toMatch(/^\/claims\/b\/confirmation/);
    expect(await readReleaseHead(scope)).toEqual({ newest: 0, body: null });
    expect(await actionsOf(scope)).toEqual(["release.refused"]);
  });

  it("is made by one of two who ask at once, and the other is told", async () => {
    const scope = await tenantWithDraft();
    await publishNow(stage, scope);
    const both = await Promise.all([1, 2].map(() => ask(stage, scope, { kind: "publish", base: 1 })));
    const runs = await Promise.all(both.map((one) => publisher(stage).inserted([one], "run-p")));
    runs.forEach(throwFirst);
    const outcomes = await Promise.all(both.map((one) => outcomeOf(scope, one)));
    expect(outcomes.map(({ state }) => state).sort()).toEqual(["done", "refused"]);
    expect(outcomes.find(({ state }) => state === "refused")?.refusal?.code).toBe("conflict");
    expect((await readReleaseHead(scope)).newest).toBe(2);
  });

  it("holds what was edited while it was frozen, too: never half of an edit", async () => {
    const scope = await tenantWithDraft();
    const ports = publisherPorts(stage);
    let edited = false;
    const asTenant: typeof ports.asTenant = async (tenant) => {
      const { table, objects } = await ports.asTenant(tenant);
      const write: typeof objects.write = async (...given) => {
        await objects.write(...given);
        if (!edited) await writeItem(scope, "claims", claim("late"));
        edited = true;
      };
      return { table, objects: { ...objects, write } };
    };
    const asked = await ask(stage, scope, { kind: "publish" });
    throwFirst(await publisher(stage, { asTenant }).inserted([asked], "run-p"));
    const release = await readRelease(scope, 1);
    const body = readReleaseBody((await bodyOf(scope, release?.body ?? "")) ?? new Uint8Array());
    expect(Object.keys(body.content.claims)).toEqual(["late", "tls"]);
  });

  it("is never shown after a newer one, whichever is signed first", async () => {
    const scope = await tenantWithDraft();
    const asked = [await ask(stage, scope, { kind: "publish" }), await ask(stage, scope, { kind: "publish" })];
    throwFirst(await publisher(stage).inserted(asked, "run-p"));
    throwFirst(await notary(stage).inserted([releaseItem(scope, 2)], "run-n"));
    expect((await readReleasePointer(scope))?.release).toBe(2);
    throwFirst(await notary(stage).inserted([releaseItem(scope, 1)], "run-n"));
    expect((await readReleasePointer(scope))?.release).toBe(2);
    const { releases } = await listPublicReleases(scope, { limit: 10 });
    expect(releases.map(({ release }) => release)).toEqual([2, 1]);
  });

  it("comes about without the stream, a minute later, once", async () => {
    const scope = await tenantWithDraft();
    const asked = await ask(stage, scope, { kind: "publish" });
    stage.clock.forward(2 * minute);
    await runSchedules();
    stage.clock.forward(2 * minute);
    await runSchedules();
    expect((await readReleasePointer(scope))?.release).toBe(1);
    throwFirst(await publisher(stage).inserted([asked, asked], "run-p"));
    throwFirst(await notary(stage).inserted([releaseItem(scope, 1), releaseItem(scope, 1)], "run-n"));
    expect((await readReleaseHead(scope)).newest).toBe(1);
    expect((await actionsOf(scope)).sort()).toEqual(["release.frozen", "release.published"]);
  });

  it("that is scheduled holds the draft as it stands then", async () => {
    const scope = await tenantWithDraft();
    const at = new Date(stage.clock.now().getTime() + day);
    const asked = await ask(stage, scope, { kind: "publish" }, at);
    throwFirst(await publisher(stage).inserted([asked], "run-p"));
    await runSchedules();
    expect((await outcomeOf(scope, asked)).state).toBe("waiting");
    await writeItem(scope, "claims", claim("later"));
    stage.clock.forward(day);
    throwFirst(await publisher(stage).scheduled(stage.clock.now(), "run-p"));
    expect(await readRelease(scope, 1)).toMatchObject({ scheduledFor: at.toISOString(), at: at.toISOString() });
    throwFirst(await notary(stage).inserted([releaseItem(scope, 1)], "run-n"));
    const pointer = await readReleasePointer(scope);
    const body = readReleaseBody((await bodyOf(scope, pointer?.body ?? "")) ?? new Uint8Array());
    expect(Object.keys(body.content.claims)).toEqual(["later", "tls"]);
  });
});

describe("a release of 2,000 claims", () => {
  it("is published whole, with no item in the table near its limit", { timeout: 240_000 }, async () => {
    const scope = await newTenant(stage);
    await writeItems(scope, "claims", manyClaims(2_000));
    await publishNow(stage, scope);
    const pointer = await readReleasePointer(scope);
    const body = readReleaseBody((await bodyOf(scope, pointer?.body ?? "")) ?? new Uint8Array());
    expect(Object.keys(body.content.claims)).toHaveLength(2_000);
    expect(pointer?.bytes).toBeGreaterThan(900_000);
    expect(await largestItemOf(scope)).toBeLessThan(40_000);
  });

  it("that would be too large to be answered is refused, and says so", { timeout: 240_000 }, async () => {
    const scope = await newTenant(stage);
    const statement = "A long statement. ".repeat(200);
    await writeItems(
      scope,
      "claims",
      manyClaims(1_300).map((one) => ({ ...one, statement })),
    );
    const asked = await ask(stage, scope, { kind: "publish" });
    throwFirst(await publisher(stage).inserted([asked], "run-p"));
    const { refusal } = await outcomeOf(scope, asked);
    expect([refusal?.code, refusal?.detail]).toEqual(["invalid", expect.stringContaining("is the most")]);
  });
});

describe("an earlier release", () => {
  it("is shown again as a new one with the very same body", async () => {
    const scope = await tenantWithDraft();
    await publishNow(stage, scope);
    await writeItem(scope, "claims", claim("tls", { label: { maturity: "enforced" } }));
    await publishNow(stage, scope);
    const number = await publishNow(stage, scope, { kind: "restore", release: 1 });
    const [first, third] = [await readPublicRelease(scope, 1), await readPublicRelease(scope, number)];
    expect([number, third?.body, third?.restores]).toEqual([3, first?.body, 1]);
    expect((await readReleasePointer(scope))?.release).toBe(3);
  });

  it("that never was is not restored", async () => {
    const scope = await tenantWithDraft();
    await expect(publishNow(stage, scope, { kind: "restore", release: 4 })).rejects.toThrow("not-found");
  });
});

describe("a withdrawal", () => {
  async function withdraw(scope: TenantScope, release: number) {
    const asked = await ask(stage, scope, { kind: "withdraw", release, reason: "It named a person." });
    throwFirst(await publisher(stage).inserted([asked], "run-p"));
    for (let minutes = 0; minutes < 3; minutes++) {
      stage.clock.forward(minute);
      await runSchedules();
    }
    return outcomeOf(scope, asked);
  }

  it("tells the public, logs it, and only then removes the content; number, digest and signature stay", async () => {
    const scope = await tenantWithDraft();
    await publishNow(stage, scope);
    await writeItem(scope, "claims", claim("more"));
    await publishNow(stage, scope);
    const before = await readPublicRelease(scope, 1);
    expect(await withdraw(scope, 1)).toMatchObject({ state: "done", release: 1 });
    const after = await readPublicRelease(scope, 1);
    expect(after).toEqual({ ...before, withdrawn: { at: expect.any(String), reason: "It named a person." } });
    expect(await bodyOf(scope, before?.body ?? "")).toBeUndefined();
    expect(await objectsIn(stage, "releases", `${scope.tenant}/`)).toHaveLength(1);
    await expect(publishNow(stage, scope, { kind: "restore", release: 1 })).rejects.toThrow("not-found");
    expect(await actionsOf(scope)).toContain("release.withdrawn");
    const withdrawal = await readWithdrawal(scope, 1);
    expect(withdrawal).toMatchObject({ release: 1, body: before?.body });
  });

  it("of the release that is shown is refused, with what to do first", async () => {
    const scope = await tenantWithDraft();
    await publishNow(stage, scope);
    const { state, refusal } = await withdraw(scope, 1);
    expect([state, refusal?.code]).toEqual(["refused", "conflict"]);
    expect(await readPublicRelease(scope, 1)).not.toHaveProperty("withdrawn");
  });

  it("leaves content that another release shows too", async () => {
    const scope = await tenantWithDraft();
    await publishNow(stage, scope);
    await publishNow(stage, scope, { kind: "restore", release: 1 });
    expect((await withdraw(scope, 1)).state).toBe("done");
    const pointer = await readReleasePointer(scope);
    expect(pointer?.release).toBe(2);
    expect(await bodyOf(scope, pointer?.body ?? "")).toBeDefined();
  });
});

describe("an entry for the public log that a tenant's role could write", () => {
  it("gets no place where it speaks of another tenant, and keeps nobody else from theirs", async () => {
    const [mallory, victim] = [await tenantWithDraft(), await tenantWithDraft()];
    const told = publishedEntry(victim.tenant, {
      ...{ number: 1, body: `sha256:${"0".repeat(64)}`, previous: null, at: stage.clock.now().toISOString() },
    });
    const entry = encodePublicEntry(told);
    const leaf = createHash("sha256").update(Buffer.of(0)).update(entry).digest("hex");
    const forged = { pk: `PENDING#${mallory.tenant}#`, sk: leaf };
    await stage.table.write({ put: { ...forged, id: leaf, entry } });
    const honest = await ask(stage, victim, { kind: "publish" });
    throwFirst(await publisher(stage).inserted([honest], "run-p"));
    const [failed, ...others] = await notary(stage).inserted([forged, releaseItem(victim, 1)], "run-n");
    expect([failed?.name, String(failed?.error)]).toEqual([
      `log ${publicLogName}`,
      expect.stringContaining("another tenant than it names"),
    ]);
    expect(others).toEqual([]);
    expect((await readReleasePointer(victim))?.release).toBe(1);
    expect(await stage.table.get(forged)).not.toHaveProperty("leaf");
  });
});
