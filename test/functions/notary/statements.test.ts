import { createHash, createPublicKey } from "node:crypto";
import { bundleFromJSON } from "@sigstore/bundle";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { calculateJwkThumbprint } from "jose";
import { readCleartextMessage, readKey, verify } from "openpgp";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { versionInUse } from "#shared/signing/signing-key.ts";
import { signEnvelopeBundle, signMessageBundle } from "#shared/signing/sigstore-bundle.ts";
import { dueRenewals, readSigningKey, tenantKey } from "#shared/store/signing-keys.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { gpgKeyring, gpgNote, hasGpg } from "#test/shared/signing/openpgp/gpg.ts";
import { notary, notaryPorts, trustSite } from "#test/stage/doors.ts";
import { mortal } from "#test/stage/dying.ts";
import { readCheckpoint, readLog } from "#test/stage/log-reader.ts";
import { day, hour, minute } from "#test/stage/movable-clock.ts";
import { auditOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();

const Jwks = z.object({
  keys: z.array(
    z.looseObject({
      kty: z.string(),
      kid: z.string(),
      nbf: z.number(),
      exp: z.number().optional(),
      candor_purpose: z.string(),
    }),
  ),
});

/** A run is killed at every so many of its calls; at each of them with CANDOR_FULL=1. */
const stride = process.env["CANDOR_FULL"] === "1" ? 1 : 5;

/** What the tenant's host answers, as a visitor sees it. */
async function see(scope: TenantScope, path: string): Promise<Response> {
  return trustSite(stage).request(path, { headers: { host: `${scope.tenant}.localhost` } });
}
const text = async (scope: TenantScope, path: string): Promise<string> => (await see(scope, path)).text();
const jwksOf = async (scope: TenantScope) => Jwks.parse(JSON.parse(await text(scope, "/.well-known/jwks.json"))).keys;
const statementKeys = async (scope: TenantScope) =>
  (await jwksOf(scope)).filter(({ candor_purpose: purpose }) => purpose === "statements");

/** Lets every due rule run, and expects that nothing of it fails. */
async function runNotary(): Promise<void> {
  expect(await notary(stage).scheduled(stage.clock.now(), "request-1")).toEqual([]);
}

async function tenantWithStatements(): Promise<TenantScope> {
  const scope = await newTenant(stage);
  await runNotary();
  return scope;
}

const fieldsOf = (signed: string) =>
  [...signed.matchAll(/^([A-Z][A-Za-z-]+): (.*)$/gm)]
    .map(([, name, value]) => [name, value] as const)
    .filter(([name]) => name !== "Hash");
const fieldOf = (signed: string, name: string): string => fieldsOf(signed).find(([found]) => found === name)?.[1] ?? "";

/** The public log as the tenant's host shows it, its entries read. */
async function publicEntries(scope: TenantScope): Promise<Record<string, unknown>[]> {
  const { spki } = await notaryPorts(stage).platformKeys.checkpoints();
  const checkpoint = await see(scope, "/ledger/checkpoint");
  if (checkpoint.status === 404) return [];
  const signed = readCheckpoint(await checkpoint.text(), spki);
  expect(signed.origin).toBe("localhost/ledger");
  const entries = await readLog(signed, async (path) => {
    const answer = await see(scope, `/ledger/${path}`);
    return answer.status === 200 ? new Uint8Array(await answer.arrayBuffer()) : undefined;
  });
  return entries.map((entry) => JSON.parse(entry.toString("utf8")));
}

describe("a new tenant", () => {
  it("gets a key, and nothing is shown before", async () => {
    const scope = await newTenant(stage);
    for (const path of ["jwks.json", "candor.pub", "openpgp-key.asc", "security.txt"])
      expect((await see(scope, `/.well-known/${path}`)).status).toBe(404);
    await runNotary();
    const [key, ...others] = await statementKeys(scope);
    expect(others).toEqual([]);
    const spki = createPublicKey(await text(scope, "/.well-known/candor.pub"));
    expect(spki.asymmetricKeyDetails).toMatchObject({ namedCurve: "prime256v1" });
    expect(await calculateJwkThumbprint(spki.export({ format: "jwk" }))).toBe(key?.kid);
    expect(key?.nbf).toBe(stage.clock.now().getTime() / 1000);
  });

  it("is looked after as soon as the stream brings it", async () => {
    const scope = await newTenant(stage);
    const created = { pk: `SIGNING#${scope.tenant}#`, sk: "RENEWAL" };
    expect(await notary(stage).inserted([created], "request-1")).toEqual([]);
    expect((await see(scope, "/.well-known/security.txt")).status).toBe(200);
  });

  it("has its key in the public log, beside the deployment's own, and in its audit log's events", async () => {
    const scope = await tenantWithStatements();
    const [key] = await statementKeys(scope);
    const entries = await publicEntries(scope);
    const [entry, ...others] = entries.filter(({ tenant }) => tenant === scope.tenant);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ v: 1, kind: "key.added", use: "statements", kid: key?.kid });
    const platform = entries.filter(({ tenant }) => tenant === undefined).map(({ use }) => use);
    expect(platform.sort()).toEqual(["checkpoints", "receipts"]);
    for (const { kid } of await jwksOf(scope)) expect(entries.map((one) => one["kid"])).toContain(kid);
    const told = (await auditOf(scope)).map(({ action, target }) => [action, (target as { file?: string }).file]);
    expect(told.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
      ["signing-key.added", undefined],
      ...["candor.pub", "jwks.json", "openpgp-key.asc", "security.txt"].map((file) => ["statement.shown", file]),
    ]);
  });

  it("has one key when two runs make it at the same time", async () => {
    const scope = await newTenant(stage);
    const runs = [1, 2, 3].map((run) => notary(stage).scheduled(stage.clock.now(), `request-${String(run)}`));
    expect((await Promise.all(runs)).flat()).toEqual([]);
    expect(await statementKeys(scope)).toHaveLength(1);
    expect((await publicEntries(scope)).filter(({ tenant }) => tenant === scope.tenant)).toHaveLength(1);
  });
});

describe("security.txt", () => {
  it("is signed by the tenant's key and says where to write, until when, and where it belongs", async () => {
    const scope = await tenantWithStatements();
    const signed = await text(scope, "/.well-known/security.txt");
    const { tenant } = scope;
    expect(fieldsOf(signed)).toEqual([
      ["Contact", `mailto:security@${tenant}.localhost`],
      ["Contact", `mailto:security@${tenant}.example`],
      ["Expires", new Date(stage.clock.now().getTime() + 30 * day).toISOString()],
      ["Acknowledgments", `https://${tenant}.localhost/thanks`],
      ["Preferred-Languages", "en"],
      ["Canonical", `https://${tenant}.localhost/.well-known/security.txt`],
      ["Policy", `https://${tenant}.localhost/policy`],
    ]);
    const key = await readKey({ armoredKey: await text(scope, "/.well-known/openpgp-key.asc") });
    const message = await readCleartextMessage({ cleartextMessage: signed });
    const checked = await verify({ message, verificationKeys: key, date: stage.clock.now() });
    expect(await checked.signatures[0]?.verified).toBe(true);
    expect(key.getUserIDs()).toEqual([`Kestrel Works <security@${tenant}.localhost>`]);
  });

  it.skipIf(!hasGpg)(`is good to gpg with the key that is shown${gpgNote}`, async () => {
    const scope = await tenantWithStatements();
    const ring = gpgKeyring(new Date(stage.clock.now().getTime() + minute));
    expect(ring.import(await text(scope, "/.well-known/openpgp-key.asc"))).toContain("IMPORT_OK");
    expect(ring.verifyClearText(await text(scope, "/.well-known/security.txt")).status).toContain("GOODSIG");
    const changed = (await text(scope, "/.well-known/security.txt")).replace(
      "Preferred-Languages: en",
      "Preferred-Languages: fr",
    );
    expect(ring.verifyClearText(changed).status).toContain("BADSIG");
    ring.remove();
  });

  it("stays as it is while it holds long enough, and is signed anew weeks before it ends", async () => {
    const scope = await tenantWithStatements();
    const first = await text(scope, "/.well-known/security.txt");
    const left = async () =>
      Date.parse(fieldOf(await text(scope, "/.well-known/security.txt"), "Expires")) - stage.clock.now().getTime();
    for (let passed = 1; passed <= 8; passed++) {
      stage.clock.forward(day);
      await runNotary();
      expect([passed, await left()]).toEqual([passed, (30 - passed) * day]);
    }
    expect(await text(scope, "/.well-known/security.txt")).toBe(first);
    stage.clock.forward(day);
    await runNotary();
    expect(await left()).toBe(30 * day);
  });

  it("is signed anew when the tenant's addresses change, within a day", async () => {
    const scope = await tenantWithStatements();
    const place = { pk: `TENANT#${scope.tenant}#`, sk: "PROFILE" };
    const profile = (await stage.table.get(place))?.["profile"] as Record<string, string>;
    await stage.table.write({ update: place, set: { profile: { ...profile, contacts: ["psirt@kestrel.example"] } } });
    stage.clock.forward(day);
    await runNotary();
    expect(await text(scope, "/.well-known/security.txt")).toContain("mailto:psirt@kestrel.example");
  });
});

describe("a tenant's key", () => {
  it("is followed by another after a year: shown a day before it signs, the old one good for an hour more", async () => {
    const scope = await tenantWithStatements();
    const [old] = await statementKeys(scope);
    stage.clock.forward(365 * day);
    await runNotary();
    const made = stage.clock.now();
    const [first, second] = await statementKeys(scope);
    expect(second?.nbf).toBe((made.getTime() + day) / 1000);
    expect(first).toEqual({ ...old, exp: (made.getTime() + day + hour) / 1000 });
    const pem = () => text(scope, "/.well-known/candor.pub");
    const before = { pem: await pem(), pgp: await text(scope, "/.well-known/openpgp-key.asc") };
    stage.clock.forward(day - minute);
    await runNotary();
    expect(await pem()).toBe(before.pem);
    stage.clock.forward(minute);
    await runNotary();
    expect(await calculateJwkThumbprint(createPublicKey(await pem()).export({ format: "jwk" }))).toBe(second?.kid);
    expect(await text(scope, "/.well-known/openpgp-key.asc")).not.toBe(before.pgp);
    const key = await readKey({ armoredKey: await text(scope, "/.well-known/openpgp-key.asc") });
    const message = await readCleartextMessage({ cleartextMessage: await text(scope, "/.well-known/security.txt") });
    const checked = await verify({ message, verificationKeys: key, date: stage.clock.now() });
    expect(await checked.signatures[0]?.verified).toBe(true);
    const logged = (await publicEntries(scope)).filter(({ tenant }) => tenant === scope.tenant);
    expect(logged.map(({ kind, kid }) => [kind, kid]).sort()).toEqual(
      [
        ["key.added", first?.kid],
        ["key.added", second?.kid],
        ["key.retired", first?.kid],
      ].sort(),
    );
    expect(await statementKeys(scope)).toHaveLength(2);
  });

  it("makes Sigstore bundles that @sigstore/verify accepts", async () => {
    const scope = await tenantWithStatements();
    const key = await readSigningKey(tenantKey(scope));
    if (!key) throw new Error("The tenant has no key.");
    const signer = await notaryPorts(stage).signerOf(versionInUse(key, stage.clock.now()));
    if (signer.algorithm !== "ES256") throw new Error("The tenant's key is not P-256.");
    const artifact = Buffer.from("a release");
    const blob = await signMessageBundle(createHash("sha256").update(artifact).digest(), signer);
    const payload = Buffer.from(JSON.stringify({ _type: "https://in-toto.io/Statement/v1", subject: [] }));
    const statement = await signEnvelopeBundle({ payload, payloadType: "application/vnd.in-toto+json" }, signer);
    const pem = await text(scope, "/.well-known/candor.pub");
    const material = toTrustMaterial(
      { mediaType: "", tlogs: [], certificateAuthorities: [], ctlogs: [], timestampAuthorities: [] },
      () => ({ publicKey: createPublicKey(pem), validFor: () => true }),
    );
    const verifier = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
    verifier.verify(toSignedEntity(bundleFromJSON(blob), artifact));
    verifier.verify(toSignedEntity(bundleFromJSON(statement)));
    expect(() => verifier.verify(toSignedEntity(bundleFromJSON(blob), Buffer.from("another")))).toThrow();
  });
});

describe("the deployment's key", () => {
  it("is not quietly another one", async () => {
    const scope = await tenantWithStatements();
    const ports = notaryPorts(stage);
    const platformKeys = { ...ports.platformKeys, checkpoints: ports.platformKeys.receipts };
    stage.clock.forward(day);
    const failed = await notary(stage, { platformKeys }).scheduled(stage.clock.now(), "request-1");
    const [own] = failed.filter(({ name }) => name === `statements of ${scope.tenant}`);
    expect(String(own?.error)).toContain("is not the one that signed before");
    await runNotary();
  });
});

describe.each(["before", "after"] as const)("a run that dies %s a call", (when) => {
  it("leaves statements that the next run completes, with every key that is shown in the log", {
    timeout: 120_000,
  }, async () => {
    await runNotary();
    let deaths = 0;
    for (let died = true; died; deaths += stride) {
      const scope = await newTenant(stage);
      const ports = notaryPorts(stage);
      const { makeKey } = ports;
      const life = mortal(
        { table: ports.table, objects: ports.ledger.objects, kms: { makeKey } },
        { at: deaths + 1, when },
      );
      const ledger = { ...ports.ledger, objects: life.ports.objects };
      const change = { table: life.ports.table, ledger, makeKey: life.ports.kms.makeKey };
      await notary(stage, change)
        .scheduled(stage.clock.now(), "request-1")
        .catch(() => undefined);
      const shown = (await see(scope, "/.well-known/jwks.json")).status === 200 ? await statementKeys(scope) : [];
      const logged = (await publicEntries(scope)).map(({ kid }) => kid);
      for (const { kid } of shown) expect(logged).toContain(kid);
      stage.clock.forward(2 * minute);
      await runNotary();
      expect(await statementKeys(scope)).toHaveLength(1);
      expect((await see(scope, "/.well-known/security.txt")).status).toBe(200);
      expect(await dueRenewals(stage.table, stage.clock.now(), 1_000)).not.toContain(scope.tenant);
      died = life.died();
    }
    expect(deaths).toBeGreaterThan(20);
  });
});
