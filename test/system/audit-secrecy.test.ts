/** What a tenant does and gets in its life leaves names in its audit log, and never what is in anything. */
import { expect, it } from "vitest";
import { auditActions } from "#shared/audit/action.ts";
import { keyClient } from "#test/functions/admin-api/key-client.ts";
import { useApi } from "#test/stage/api-client.ts";
import { marker, newSender } from "#test/stage/composed-mail.ts";
import { runDue } from "#test/stage/queued-jobs.ts";
import { auditOf, onlyRecord } from "#test/stage/records.ts";
import { report } from "#test/stage/reporter.ts";
import { deliverAll } from "#test/stage/sent-mail.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const api = useApi(stage);
const ask = keyClient(stage, api);

it("holds no text of a report, no secret and no address in any audit event", async () => {
  const tenant = await newTenant(stage);
  const from = newSender();
  await report(stage, tenant, { from, attachments: [{ name: `${marker}.txt`, bytes: Buffer.from(marker) }] });
  await report(stage, tenant, { fields: ["X-Local-Spam: FAIL"] });
  await deliverAll(stage, tenant);
  const { report: found, messages } = await onlyRecord(tenant);
  const message = messages.find(({ direction }) => direction === "in")?.id ?? "";
  for (const path of ["", "/messages", "/attachments/1", `/messages/${message}/raw`])
    expect((await api.get(tenant, `reports/${found.id}${path}`)).status).toBe(200);
  expect((await api.get(tenant, `reports/${marker}/messages`, { role: "viewer" })).status).toBe(403);

  const plaintext = Buffer.from(marker).toString("base64");
  expect((await ask(tenant, "keys", { name: "life", purpose: "encryption" })).status).toBe(201);
  const { ciphertext } = (await ask(tenant, "keys/life/encrypt", { plaintext, object: marker })).body;
  expect((await ask(tenant, "keys/life/decrypt", { ciphertext, object: marker })).body.plaintext).toBe(plaintext);
  const dataKey = (await ask(tenant, "keys/life/data-key", {})).body.plaintext as string;
  const later = new Date(stage.clock.now().getTime() + 86_400_000).toISOString();
  const token = await ask(tenant, "tokens", { name: marker, scopes: ["report.list"], endsAt: later });
  const secrets = [marker, from, "@", plaintext, ciphertext, dataKey, ...textsIn(token.body)];

  const { generateX25519Identity, identityToRecipient } = await import("age-encryption");
  const recipient = await identityToRecipient(await generateX25519Identity());
  expect((await ask(tenant, "export", { recipient })).status).toBe(202);
  expect((await ask(tenant, "erasure", { person: { address: from } })).status).toBe(202);
  await runDue(stage, tenant);

  const events = await auditOf(tenant);
  const told = new Set(events.map(({ action }) => String(action)));
  for (const action of told) expect(Object.keys(auditActions)).toContain(action);
  for (const action of [
    "report.opened",
    "raw.opened",
    "mail.opened",
    "key.decrypted",
    "report.exported",
    "report.erased",
    "request.refused",
  ])
    expect([...told]).toContain(action);
  const all = JSON.stringify(events.map(({ actor, action, target, request }) => ({ actor, action, target, request })));
  for (const secret of secrets) expect(all).not.toContain(secret);
  expect(all).not.toContain(recipient);
});

/** Texts of an answer that look like a secret. */
const textsIn = (body: unknown): readonly string[] => JSON.stringify(body).match(/candor_[A-Za-z0-9_-]+/g) ?? [];
