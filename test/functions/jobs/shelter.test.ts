/** A tenant shuts off the KMS key that its sealing keys stand under: nothing is lost, and nothing can be read. */
import { DecryptCommand, KMSClient } from "@aws-sdk/client-kms";
import { beforeEach, describe, expect, it } from "vitest";
import { roleArns } from "#infra/local/stand-ins.ts";
import { hostClient } from "#infra/local/storage/host-client.ts";
import { tenantSessions } from "#shared/aws/tenant-session.ts";
import { shelterOf } from "#shared/sealing/wrapped-key.ts";
import { keysOfPurposes, keysOfReport } from "#shared/store/held-keys.ts";
import { readNamedKey } from "#shared/store/named-keys.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { keyClient } from "#test/functions/admin-api/key-client.ts";
import { useApi } from "#test/stage/api-client.ts";
import { newSender } from "#test/stage/composed-mail.ts";
import { hour, minute } from "#test/stage/movable-clock.ts";
import { runDue } from "#test/stage/queued-jobs.ts";
import { auditOf, recordsOf } from "#test/stage/records.ts";
import { report } from "#test/stage/reporter.ts";
import { deliverAll, mailsTo } from "#test/stage/sent-mail.ts";
import { region, useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";

const stage = useStage();
const api = useApi(stage);
const ask = keyClient(stage, api);
let tenant: TenantScope;
beforeEach(async () => {
  tenant = await newTenant(stage);
  stage.faults.clear();
});

const rotate = async (body: object): Promise<string> => {
  expect((await ask(tenant, "keys/candor-sealing/rotate", body)).status).toBe(200);
  return (await readNamedKey(tenant, "candor-sealing"))?.versions.at(-1)?.kmsKey ?? "";
};

/** What KMS says of a key that is disabled, or of one in another account whose policy lets us use it no more. */
function shutOff(kmsKey: string, name = "DisabledException"): void {
  stage.faults.keys = ({ keyArn }) => (keyArn === kmsKey ? Object.assign(new Error("off"), { name }) : undefined);
}

const heldKeys = async () => {
  const [record] = await recordsOf(tenant);
  return [...(await keysOfPurposes(tenant)), ...(await keysOfReport(tenant, record?.report.id ?? ""))];
};
const read = async () => {
  const [record] = await recordsOf(tenant);
  return ask(tenant, `reports/${record?.report.id ?? ""}/messages`);
};

describe("data of a tenant whose KMS key is shut off", () => {
  it("is unreadable within a minute, answered by a problem that says so, and readable again when the key is enabled", async () => {
    const kmsKey = await rotate({ origin: "tenant" });
    stage.clock.forward(minute);
    const from = newSender();
    await report(stage, tenant, { from });
    expect((await read()).status).toBe(200);
    shutOff(kmsKey);
    stage.clock.forward(minute);
    const answer = await read();
    expect([answer.status, answer.body.type]).toEqual([503, "urn:candor:problem:unavailable"]);
    expect(answer.body.detail).toContain("shut off");
    await deliverAll(stage, tenant);
    expect(mailsTo(stage, from)).toEqual([]);
    stage.faults.clear();
    expect((await read()).status).toBe(200);
    stage.clock.forward(2 * hour);
    await deliverAll(stage, tenant);
    expect(mailsTo(stage, from)).toHaveLength(1);
  });

  it.each([
    ["of its own, disabled", async () => ({ origin: "tenant" }), "DisabledException"],
    [
      "in its AWS account, whose policy changed",
      async () => ({ kmsKey: await stage.kms.addForeignKey("210987654321") }),
      "AccessDeniedException",
    ],
    [
      "in its AWS account, which is gone",
      async () => ({ kmsKey: await stage.kms.addForeignKey("210987654321") }),
      "NotFoundException",
    ],
  ] as const)(
    "takes mail in all the same, where nobody can open it, until the key is there again: %s",
    async (_, key, error) => {
      const kmsKey = await rotate(await key());
      shutOff(kmsKey, error);
      const from = newSender();
      await report(stage, tenant, { from });
      for (const held of await heldKeys()) expect(held.key.shelteredAt).toBe(stage.clock.now().toISOString());
      expect(await refusals()).toEqual(["AccessDeniedException", "AccessDeniedException"]);
      expect((await read()).status).toBe(503);
      await runDue(stage, tenant);
      expect((await read()).status).toBe(503);

      stage.faults.clear();
      // It is not tried again at once, and then without a person's doing.
      await runDue(stage, tenant);
      const answer = await read();
      expect([answer.status, answer.body.detail]).toEqual([503, expect.stringContaining("some minutes")]);
      stage.clock.forward(5 * minute);
      await runDue(stage, tenant);
      expect((await read()).status).toBe(200);
      for (const held of await heldKeys()) {
        expect(held.key).toMatchObject({ wrappedVersion: 2, wrappedUnder: kmsKey });
        expect(held.key).not.toHaveProperty("shelteredAt");
      }
      await deliverAll(stage, tenant);
      expect(mailsTo(stage, from)).toHaveLength(1);
      expect((await auditOf(tenant)).map(({ action }) => action)).toContain("report.received");
    },
  );

  it("is shown as sheltered by a count, which moves it too", async () => {
    const kmsKey = await rotate({ origin: "tenant" });
    shutOff(kmsKey);
    await report(stage, tenant);
    stage.faults.clear();
    stage.clock.forward(3 * minute);
    await ask(tenant, "jobs", { kind: "rewrap" });
    await runDue(stage, tenant);
    const { objects } = (await ask(tenant, "keys/candor-sealing/usage")).body;
    expect(objects).toEqual(["outbox", "conversation"].map((kind) => ({ kind, version: 2, objects: 1, sheltered: 0 })));
    expect((await read()).status).toBe(200);
  });

  it("is not taken in where the platform's own key is shut off: the mail comes again", async () => {
    shutOff(stage.keys.sealing);
    await expect(report(stage, tenant)).rejects.toThrow("shut off");
    expect(await recordsOf(tenant)).toEqual([]);
  });
});

/** What KMS answers the two who open things, asked for what is in the shelter under its own name. */
async function refusals(): Promise<string[]> {
  const held = (await heldKeys())[0];
  if (!held) throw new Error("Nothing is in the shelter.");
  const sts = { region, endpoint: stage.endpoints.sts, credentials: stage.credentialsOf("admin-api") };
  const session = await tenantSessions({ ...sts, roleArn: roleArns["admin-api-tenant"] }, () => stage.clock.now())(
    tenant.tenant,
  );
  const input = {
    CiphertextBlob: held.key.wrappedPrivateKey,
    KeyId: held.key.wrappedUnder,
    EncryptionContext: shelterOf(held.context),
  };
  return Promise.all(
    [stage.credentialsOf("outbox"), session].map(async (credentials) => {
      const client = new KMSClient({ ...hostClient(stage.kms.url), credentials, maxAttempts: 1 });
      try {
        await client.send(new DecryptCommand(input));
        return "opened";
      } catch (error) {
        return error instanceof Error ? error.name : "?";
      } finally {
        client.destroy();
      }
    }),
  );
}
