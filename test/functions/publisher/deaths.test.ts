/** A release whose doors are killed at each of their calls to the world, before it or after. */
import { beforeAll, describe, expect, it } from "vitest";
import { readPublicRelease, readReleasePointer } from "#shared/store/public-releases.ts";
import { duePublications } from "#shared/store/publications.ts";
import { readPublished } from "#shared/store/published.ts";
import { dueReleases, readRelease, readReleaseHead } from "#shared/store/releases.ts";
import type { Key } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { objectsIn } from "#test/stage/arriving-mail.ts";
import { notary, notaryPorts, publisher, publisherPorts } from "#test/stage/doors.ts";
import { type Death, mortal } from "#test/stage/dying.ts";
import { hour, minute } from "#test/stage/movable-clock.ts";
import { ask, claim, outcomeOf, publishNow, releaseItem, throwFirst, writeItem } from "#test/stage/publishing.ts";
import { auditOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();

async function tenantWithDraft(): Promise<TenantScope> {
  const scope = await newTenant(stage);
  await writeItem(scope, "claims", claim("tls"));
  return scope;
}

/** Doors are killed at every so many of their calls; at each of them with CANDOR_FULL=1. */
const stride = process.env["CANDOR_FULL"] === "1" ? 1 : 3;
/** Logging and signing take some forty calls. */
const longStride = process.env["CANDOR_FULL"] === "1" ? 1 : 7;

// One set of clients for all runs: each that is left behind holds its connection.
let living: { publisher: ReturnType<typeof publisherPorts>; notary: ReturnType<typeof notaryPorts> };
beforeAll(() => {
  living = { publisher: publisherPorts(stage), notary: notaryPorts(stage) };
});

/** Lets `publisher` work on a request, as long as it lives. Answers whether it got as far as its death. */
async function publisherDies(asked: Key, death: Death): Promise<boolean> {
  const ports = living.publisher;
  const lives: (() => boolean)[] = [];
  const asTenant: typeof ports.asTenant = async (tenant) => {
    const life = mortal(await ports.asTenant(tenant), death);
    lives.push(life.died);
    return life.ports;
  };
  await publisher(stage, { ...ports, asTenant }).inserted([asked], "run-p");
  return lives.some((died) => died());
}

async function notaryDies(items: readonly Key[], death: Death): Promise<boolean> {
  const { table, ledger, makeKey, signerOf } = living.notary;
  const life = mortal({ table, objects: ledger.objects, kms: { makeKey, signerOf } }, death);
  const change = {
    ...living.notary,
    table: life.ports.table,
    ledger: { ...ledger, objects: life.ports.objects },
    makeKey: life.ports.kms.makeKey,
    signerOf: life.ports.kms.signerOf,
  };
  await notary(stage, change).inserted(items, "run-n");
  return life.died();
}

/** What is shown is all there: the body, the signature, the proof, and the key. */
async function shownIsWhole(scope: TenantScope): Promise<number | undefined> {
  const pointer = await readReleasePointer(scope);
  if (pointer === undefined) return undefined;
  const release = await readPublicRelease(scope, pointer.release);
  expect(release).toMatchObject({ ...pointer, bundle: expect.any(String), proof: expect.any(String) });
  expect(await readRelease(scope, pointer.release)).toMatchObject({ state: "published" });
  expect(await readPublished(scope, "jwks.json")).toBeDefined();
  const hex = pointer.body.replace("sha256:", "");
  expect(await objectsIn(stage, "releases", `${scope.tenant}/`)).toContain(`${scope.tenant}/${hex}`);
  return pointer.release;
}

async function schedulesRun(): Promise<void> {
  for (let minutes = 0; minutes < 3; minutes++) {
    stage.clock.forward(minute);
    throwFirst(await publisher(stage, living.publisher).scheduled(stage.clock.now(), "run-p"));
    throwFirst(await notary(stage, living.notary).scheduled(stage.clock.now(), "run-n"));
  }
}

async function nothingIsLeft(scope: TenantScope): Promise<void> {
  const at = new Date(stage.clock.now().getTime() + hour);
  const due = [...(await duePublications(stage.table, at, 500)), ...(await dueReleases(stage.table, at, 500))];
  expect(due.filter(({ pk }) => pk.includes(scope.tenant))).toEqual([]);
}

const count = async (scope: TenantScope, action: string): Promise<number> =>
  (await auditOf(scope)).filter((event) => event["action"] === action).length;

describe.each(["before", "after"] as const)("a door that dies %s a call", (when) => {
  it("while it freezes leaves a draft or a release, and the next run makes one of it", {
    timeout: 600_000,
  }, async () => {
    let deaths = 0;
    for (let died = true; died; deaths += stride) {
      const scope = await tenantWithDraft();
      const asked = await ask(stage, scope, { kind: "publish" });
      died = await publisherDies(asked, { at: deaths + 1, when });
      expect(await readReleasePointer(scope)).toBeUndefined();
      await schedulesRun();
      expect(await outcomeOf(scope, asked)).toMatchObject({ state: "done", release: 1 });
      expect(await shownIsWhole(scope)).toBe(1);
      expect(await readReleaseHead(scope)).toMatchObject({ newest: 1 });
      expect(await objectsIn(stage, "releases", `${scope.tenant}/`)).toHaveLength(1);
      expect([await count(scope, "release.frozen"), await count(scope, "release.published")]).toEqual([1, 1]);
      await nothingIsLeft(scope);
    }
    expect(deaths).toBeGreaterThan(8);
  });

  it("while it logs and signs shows all of the release or nothing, and the next run shows it", {
    timeout: 600_000,
  }, async () => {
    let deaths = 0;
    for (let died = true; died; deaths += longStride) {
      const scope = await tenantWithDraft();
      const asked = await ask(stage, scope, { kind: "publish" });
      throwFirst(await publisher(stage, living.publisher).inserted([asked], "run-p"));
      died = await notaryDies([releaseItem(scope, 1)], { at: deaths + 1, when });
      const shown = await shownIsWhole(scope);
      expect((await readPublicRelease(scope, 1)) === undefined).toBe(shown === undefined);
      await schedulesRun();
      expect(await shownIsWhole(scope)).toBe(1);
      expect(await count(scope, "release.published")).toBe(1);
      await nothingIsLeft(scope);
    }
    expect(deaths).toBeGreaterThan(20);
  });

  it("while it withdraws never leaves a visitor without the reason, and in the end nothing of the content", {
    timeout: 600_000,
  }, async () => {
    let deaths = 0;
    for (let dying = true; dying; deaths += stride) {
      const scope = await tenantWithDraft();
      await publishNow(stage, scope);
      await writeItem(scope, "claims", claim("more"));
      await publishNow(stage, scope);
      const asked = await ask(stage, scope, { kind: "withdraw", release: 1, reason: "It named a person." });
      const first = await publisherDies(asked, { at: deaths + 1, when });
      const items = [{ pk: `RELEASE#${scope.tenant}#`, sk: "WITHDRAWAL#00000001" }];
      const second = await notaryDies(items, { at: deaths + 1, when });
      stage.clock.forward(minute);
      const third = await publisherDies(asked, { at: deaths + 1, when });
      dying = first || second || third;
      const bodies = await objectsIn(stage, "releases", `${scope.tenant}/`);
      if (bodies.length < 2) expect(await readPublicRelease(scope, 1)).toHaveProperty("withdrawn");
      await schedulesRun();
      await schedulesRun();
      expect(await readPublicRelease(scope, 1)).toHaveProperty("withdrawn");
      expect(await objectsIn(stage, "releases", `${scope.tenant}/`)).toHaveLength(1);
      expect(await shownIsWhole(scope)).toBe(2);
      expect(await count(scope, "release.withdrawn")).toBe(1);
      await nothingIsLeft(scope);
    }
    expect(deaths).toBeGreaterThan(8);
  });
});
