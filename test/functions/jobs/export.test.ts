import { createHash, randomBytes } from "node:crypto";
import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { extract } from "tar-stream";
import { beforeAll, describe, expect, it } from "vitest";
import { formatNoteKey } from "#shared/signing/note-key.ts";
import { readSpki } from "#shared/signing/public-key.ts";
import type { Key } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { verifyExport } from "#shared/verify/audit-export.ts";
import { keyClient } from "#test/functions/admin-api/key-client.ts";
import { useApi } from "#test/stage/api-client.ts";
import { objectsIn } from "#test/stage/arriving-mail.ts";
import { jobsPorts, notary, notaryPorts } from "#test/stage/doors.ts";
import { mortal } from "#test/stage/dying.ts";
import { minute } from "#test/stage/movable-clock.ts";
import { runDue } from "#test/stage/queued-jobs.ts";
import { auditOf, recordsOf } from "#test/stage/records.ts";
import { report } from "#test/stage/reporter.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const api = useApi(stage);
const ask = keyClient(stage, api);
const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);
const attachment = randomBytes(100_000);
let tenant: TenantScope;

interface Part {
  readonly n: number;
  readonly bytes: number;
  readonly sha256: string;
}

beforeAll(async () => {
  tenant = await newTenant(stage);
  for (let i = 0; i < 7; i++) await report(stage, tenant, { subject: `finding ${String(i)}` });
  await report(stage, tenant, {
    subject: "with proof",
    attachments: [{ name: "../../etc/passwd", bytes: attachment }],
  });
  await report(stage, tenant, { subject: "cheap pills", fields: ["X-Local-Spam: FAIL"] });
  const events = await auditOf(tenant);
  await notary(stage).inserted(
    events.map(({ pk, sk }): Key => ({ pk: String(pk), sk: String(sk) })),
    "request-n",
  );
});

/** Asks for an export, and sees it through. */
async function exported(
  run: () => Promise<void> = () => runDue(stage, tenant),
): Promise<{ id: string; parts: readonly Part[] }> {
  const { status, body } = await ask(tenant, "export", { recipient });
  expect(status).toBe(202);
  await run();
  const { body: job } = await ask(tenant, `jobs/${body.id}`);
  expect(job).toMatchObject({ state: "done", progress: { failed: 0 } });
  return { id: body.id, parts: job.result.parts as Part[] };
}

/** The files of a part, as somebody has them who holds the identity. */
async function filesOf(id: string, { n, bytes, sha256 }: Part): Promise<Map<string, Buffer>> {
  const answer = await api.get(tenant, `export/${id}/parts/${String(n)}`, { role: "owner" });
  const sealed = new Uint8Array(await answer.arrayBuffer());
  expect([answer.status, sealed.length]).toEqual([200, bytes]);
  expect(createHash("sha256").update(sealed).digest("hex")).toBe(sha256);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const unpack = extract();
  const files = new Map<string, Buffer>();
  unpack.end(await decrypter.decrypt(sealed));
  for await (const entry of unpack) {
    const pieces = await Array.fromAsync(entry as AsyncIterable<Buffer>);
    files.set(entry.header.name, Buffer.concat(pieces));
  }
  return files;
}

async function allFiles({ id, parts }: { id: string; parts: readonly Part[] }): Promise<Map<string, Buffer>> {
  const found: [string, Buffer][] = [];
  for (const part of parts) found.push(...(await filesOf(id, part)));
  expect(new Set(found.map(([name]) => name)).size).toBe(found.length);
  return new Map(found);
}

describe("an export of a tenant", () => {
  it("has everything that is kept, opened, for whoever holds the identity", async () => {
    const job = await exported();
    const files = await allFiles(job);
    const json = (name: string) => JSON.parse(String(files.get(name))) as Record<string, never>;
    expect(String(files.get("README.md"))).toContain("age --decrypt");
    const records = await recordsOf(tenant);
    expect(records).toHaveLength(8);
    const subjects: unknown[] = [];
    for (const { report: one, messages } of records) {
      expect(json(`reports/${one.id}/report.json`)).toMatchObject({ number: one.number });
      for (const { id, direction } of messages) {
        const content = json(`reports/${one.id}/messages/${id}.json`);
        if (direction === "in") {
          subjects.push(content["subject"]);
          expect(String(files.get(`reports/${one.id}/messages/${id}.eml`))).toContain(
            `Subject: ${String(content["subject"])}`,
          );
        }
      }
    }
    expect(subjects).toContain("with proof");
    const proof = [...files].filter(([name]) => /^reports\/[a-z2-7]+\/attachments\/\d+$/.test(name));
    expect(proof.map(([, body]) => body.equals(attachment))).toEqual([true]);
    expect(json("tenant/settings.json")).toMatchObject([{ profile: { slug: tenant.tenant } }]);
    expect(json("tenant/members.json")).toHaveLength(3);
    const waiting = [...files].filter(([name]) => /^quarantine\/[a-z2-7]+\.eml$/.test(name));
    expect(waiting.map(([, body]) => String(body).includes("Subject: cheap pills"))).toEqual([true]);
    const { spki } = await notaryPorts(stage).platformKeys.checkpoints();
    const log =
      [...files]
        .find(([name]) => name.startsWith("audit/"))?.[1]
        .toString()
        .split("\n")
        .slice(0, -1) ?? [];
    const { findings } = await verifyExport({
      lines: (async function* () {
        yield* log;
      })(),
      vkey: formatNoteKey("localhost/ledger", readSpki(spki)),
      known: {},
    });
    expect(findings.map(({ result }) => result)).toEqual(["holds", "holds", "holds"]);
  });

  it("says in the log that each report is opened, before KMS is asked", async () => {
    const { id } = await exported();
    const told = (await auditOf(tenant)).filter(
      ({ action, target }) => action === "report.exported" && (target as { job: string }).job === id,
    );
    expect(new Set(told.map(({ target }) => (target as { report: string }).report)).size).toBe(8);
  });

  it("holds nothing in clear, and no secret", async () => {
    const { id, parts } = await exported();
    for (const part of parts) {
      const answer = await api.get(tenant, `export/${id}/parts/${String(part.n)}`, { role: "owner" });
      const sealed = Buffer.from(await answer.arrayBuffer());
      for (const text of ["finding", tenant.tenant, "with proof"]) expect(sealed.includes(text)).toBe(false);
    }
    const files = await allFiles({ id, parts });
    const all = Buffer.concat([...files.values()]).toString("latin1");
    for (const word of ["wrappedPrivateKey", "sealedKey", '"secret"']) expect(all).not.toContain(word);
  });

  it("goes on where it was killed, with no part twice and none missing", async () => {
    const { asTenant } = jobsPorts(stage);
    let killed = 0;
    const job = await exported(async () => {
      for (const at of [4, 15, 40, 9, 30]) {
        const { ports, died } = mortal(await asTenant(tenant.tenant), { at, when: "after" });
        await runDue(stage, tenant, { asTenant: async () => ports }).catch(() => undefined);
        killed += died() ? 1 : 0;
        stage.clock.forward(3 * minute);
      }
      await runDue(stage, tenant);
    });
    const files = await allFiles(job);
    expect([...files.keys()].filter((name) => name.endsWith("/report.json"))).toHaveLength(8);
    expect(killed).toBeGreaterThan(2);
  });

  it("is there for a day, for owners of this tenant, and while it is made it is not", async () => {
    const other = await newTenant(stage);
    const asked = (await ask(tenant, "export", { recipient })).body.id as string;
    expect((await api.get(tenant, `export/${asked}/parts/1`, { role: "owner" })).status).toBe(409);
    await runDue(stage, tenant);
    expect((await api.get(tenant, `export/${asked}/parts/1`, { role: "owner" })).status).toBe(200);
    expect((await api.get(tenant, `export/${asked}/parts/99`, { role: "owner" })).status).toBe(404);
    expect((await api.get(other, `export/${asked}/parts/1`, { role: "owner" })).status).toBe(404);
    expect((await api.get(tenant, `export/${asked}/parts/1`, { role: "operator" })).status).toBe(403);
    expect((await objectsIn(stage, "exports", `${tenant.tenant}/${asked}/`)).length).toBeGreaterThan(1);
    stage.clock.forward(24 * 3_600_000);
    expect((await api.get(tenant, `export/${asked}/parts/1`, { role: "owner" })).status).toBe(404);
  });

  it.each([
    "",
    "age1",
    `${recipient}x`,
    recipient.replace(/..$/, (end) => (end === "qq" ? "pp" : "qq")),
    "ssh-ed25519 AAAA",
    "AGE-SECRET-KEY-1",
  ])("is refused for a recipient that is none: %s", async (wrong) => {
    expect((await ask(tenant, "export", { recipient: wrong })).status).toBe(422);
  });
});
