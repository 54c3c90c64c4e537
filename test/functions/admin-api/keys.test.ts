import { createPublicKey } from "node:crypto";
import { DescribeKeyCommand, KMSClient, ListResourceTagsCommand } from "@aws-sdk/client-kms";
import { calculateJwkThumbprint } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hostClient } from "#infra/local/storage/host-client.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { NamedKey } from "#shared/transit/key.ts";
import { useApi } from "#test/stage/api-client.ts";
import { day } from "#test/stage/movable-clock.ts";
import { auditOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";
import { keyClient } from "./key-client.ts";

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
  api.errors.length = 0;
});

const base64 = (text: string) => Buffer.from(text).toString("base64");
const stateOf = async (KeyId: string) => (await host.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState;
const pointers = (body: { errors?: { pointer: string }[] }) => body.errors?.map(({ pointer }) => pointer);
const actions = async () => (await auditOf(tenant)).map(({ action, target }) => [action, target]);

describe("making a key", () => {
  it("answers what it is, where it is and its tag, and is in the list", async () => {
    const made = await ask(tenant, "keys", { name: "payments", purpose: "encryption", rotateEvery: "P90D" });
    expect(made).toMatchObject({ status: 201, etag: '"1"' });
    expect(made.body).toMatchObject({
      ...{ name: "payments", purpose: "encryption", system: false, currentVersion: 1, minDecryptVersion: 1 },
      rotateAt: new Date(stage.clock.now().getTime() + 90 * day).toISOString(),
      versions: [{ version: 1, origin: "platform", state: "enabled" }],
    });
    expect(JSON.stringify(made.body)).not.toContain("arn:");
    expect((await ask(tenant, "keys/payments")).body).toEqual(made.body);
    await ask(tenant, "keys", { name: "another", purpose: "hmac" });
    const first = await ask(tenant, "keys?limit=1");
    expect(first.body.items.map(({ name }: { name: string }) => name)).toEqual(["another"]);
    const second = await ask(tenant, `keys?limit=1&cursor=${first.body.cursor}`);
    expect(second.body.items.map(({ name }: { name: string }) => name)).toEqual(["payments"]);
  });

  it("makes a KMS key of the tenant's own, tagged with the tenant, and shows a signing key's public half", async () => {
    const { body } = await ask(tenant, "keys", { name: "releases", purpose: "signing" });
    const [version] = body.versions;
    expect(version).toMatchObject({ origin: "tenant", publicKey: { jwk: { kty: "EC", use: "sig", alg: "ES256" } } });
    const tags = await host.send(new ListResourceTagsCommand({ KeyId: version.kmsKey }));
    expect(tags.Tags).toEqual([{ TagKey: "tenant", TagValue: tenant.tenant }]);
    const { jwk, pem } = version.publicKey;
    expect(createPublicKey(pem).export({ format: "jwk" })).toMatchObject({ x: jwk.x, y: jwk.y });
    expect(jwk.kid).toBe(await calculateJwkThumbprint(jwk));
  });

  it("is for owners, and looking for all members", async () => {
    for (const role of ["operator", "viewer"] as const) {
      expect((await ask(tenant, "keys", { name: "k", purpose: "encryption" }, { role })).status).toBe(403);
      expect((await ask(tenant, "keys", undefined, { role })).status).toBe(200);
    }
  });

  it.each([
    [{ name: "a/b", purpose: "encryption" }, "/name"],
    [{ name: "a#b", purpose: "encryption" }, "/name"],
    [{ name: "a:b", purpose: "encryption" }, "/name"],
    [{ name: "", purpose: "encryption" }, "/name"],
    [{ name: "k", purpose: "decryption" }, "/purpose"],
    [{ name: "k", purpose: "signing", origin: "platform" }, "/origin"],
    [{ name: "k", purpose: "hmac", origin: "external", kmsKey: "arn:x" }, "/origin"],
    [{ name: "k", purpose: "encryption", origin: "external" }, "/kmsKey"],
    [{ name: "k", purpose: "encryption", origin: "tenant", kmsKey: "arn:x" }, "/kmsKey"],
    [{ name: "k", purpose: "encryption", rotateEvery: "P1M" }, "/rotateEvery"],
    [{ name: "k", purpose: "encryption", "a/b~c": 1 }, "/a~1b~0c"],
  ])("is refused with a pointer: %j", async (body, pointer) => {
    const answer = await ask(tenant, "keys", body);
    expect([answer.status, answer.body.type, pointers(answer.body)]).toEqual([
      ...[422, "urn:candor:problem:invalid", [pointer]],
    ]);
  });

  it("is refused without JSON, and for a body that is too large before it is read", async () => {
    for (const body of ["", "{", "[1,", "\u0000"]) expect((await ask(tenant, "keys", body)).status).toBe(400);
    const answer = await ask(tenant, "keys", " ".repeat(6 * 1024 * 1024 + 1));
    expect([answer.status, answer.body.type]).toEqual([413, "urn:candor:problem:too-large"]);
  });

  it("is refused for a name that is taken, and leaves no KMS key behind that nobody owns", async () => {
    await ask(tenant, "keys", { name: "k", purpose: "hmac" });
    let loser = "";
    stage.faults.keys = ({ action, keyArn }) => {
      if (action === "kms:ScheduleKeyDeletion") loser = keyArn ?? "";
      return undefined;
    };
    expect((await ask(tenant, "keys", { name: "k", purpose: "hmac" })).status).toBe(409);
    expect(await stateOf(loser)).toBe("PendingDeletion");
  });

  it("keeps each change together with its event", async () => {
    await ask(tenant, "keys", { name: "k", purpose: "encryption" });
    stage.clock.forward(1);
    await ask(tenant, "keys/k/rotate", {});
    expect(await actions()).toEqual([
      ["key.created", { key: "k" }],
      ["key.rotated", { key: "k", version: "2" }],
    ]);
    stage.faults.table = ({ operation }) =>
      operation === "TransactWriteItems" ? { name: "InternalServerError" } : undefined;
    expect((await ask(tenant, "keys/k/rotate", {})).status).toBe(500);
    stage.faults.clear();
    expect((await ask(tenant, "keys/k")).body.versions).toHaveLength(2);
  });
});

describe("Candor's own keys", () => {
  it("are not made, changed or used by anybody, whether they exist or not", async () => {
    for (const [path, body] of [
      ["keys", { name: "candor-signing", purpose: "signing" }],
      ["keys/candor-signing/sign", { message: base64("x") }],
      ["keys/candor-signing/retire", { version: 1 }],
      ["keys/candor-signing/shred", { version: 1 }],
      ["keys/candor-nothing/rotate", {}],
      ["keys/candor-nothing/encrypt", { plaintext: base64("x") }],
    ] as const) {
      const answer = await ask(tenant, path, body);
      expect([path, answer.status]).toEqual([path, 403]);
      expect(answer.body.detail).toContain("Candor's own");
    }
    expect((await ask(tenant, "keys/candor-nothing")).status).toBe(404);
  });
});

describe("changing a key", () => {
  beforeEach(async () => {
    await ask(tenant, "keys", { name: "k", purpose: "encryption" });
  });
  const patch = (body: unknown, ifMatch = "*") => ask(tenant, "keys/k", body, { method: "PATCH", ifMatch });

  it("raises the lowest versions, and takes a value away with null", async () => {
    await ask(tenant, "keys/k/rotate", {});
    const answer = await patch({ minDecryptVersion: 2, minEncryptVersion: 1, rotateEvery: "P7D" }, '"2"');
    expect(answer).toMatchObject({ status: 200, etag: '"3"', body: { minDecryptVersion: 2, minEncryptVersion: 1 } });
    const second = await patch({ minEncryptVersion: null, rotateEvery: null });
    expect(second.body).not.toHaveProperty("minEncryptVersion");
    expect(second.body).not.toHaveProperty("rotateAt");
    expect((await patch({ minDecryptVersion: 3 })).status).toBe(409);
  });

  it("is refused on what somebody else changed, and where it does not say what it changes", async () => {
    expect((await ask(tenant, "keys/k", { minDecryptVersion: 1 }, { method: "PATCH" })).status).toBe(428);
    expect((await patch({ minDecryptVersion: 1 }, '"7"')).status).toBe(412);
    expect((await patch({ minDecryptVersion: 1 }, '"1"')).status).toBe(200);
    expect((await patch({ minDecryptVersion: 1 }, '"1"')).status).toBe(412);
  });

  it("of two at once happens once", async () => {
    const rotations = await Promise.all(Array.from({ length: 5 }, () => ask(tenant, "keys/k/rotate", {})));
    const made = rotations.filter(({ status }) => status === 200).length;
    expect(rotations.every(({ status }) => [200, 409].includes(status))).toBe(true);
    expect((await ask(tenant, "keys/k")).body.versions).toHaveLength(1 + made);
    expect(await actions()).toHaveLength(1 + made);
  });

  it("retires a version, disables its KMS key, and brings both back", async () => {
    const rotated = await ask(tenant, "keys/k/rotate", { origin: "tenant" });
    const { kmsKey } = rotated.body.versions[1];
    const { ciphertext } = (await ask(tenant, "keys/k/encrypt", { plaintext: base64("x") })).body;
    expect((await ask(tenant, "keys/k/retire", { version: 2 })).body.versions[1].state).toBe("retired");
    expect(await stateOf(kmsKey)).toBe("Disabled");
    expect((await ask(tenant, "keys/k/decrypt", { ciphertext })).status).toBe(422);
    expect((await ask(tenant, "keys/k/encrypt", { plaintext: base64("x") })).status).toBe(409);
    expect((await ask(tenant, "keys/k/reinstate", { version: 2 })).body.versions[1].state).toBe("enabled");
    expect(await stateOf(kmsKey)).toBe("Enabled");
    expect((await ask(tenant, "keys/k/decrypt", { ciphertext })).body).toEqual({ plaintext: base64("x") });
  });

  it("shreds a version after a delay, unless that is cancelled", async () => {
    const rotated = await ask(tenant, "keys/k/rotate", { origin: "tenant" });
    const { kmsKey } = rotated.body.versions[1];
    const { ciphertext } = (await ask(tenant, "keys/k/encrypt", { plaintext: base64("x") })).body;
    for (const days of [6, 31]) expect((await ask(tenant, "keys/k/shred", { version: 2, days })).status).toBe(422);
    const shredding = await ask(tenant, "keys/k/shred", { version: 2, days: 7 });
    expect(shredding.body.versions[1]).toMatchObject({
      ...{ state: "shredding", shredAt: new Date(stage.clock.now().getTime() + 7 * day).toISOString() },
    });
    expect(await stateOf(kmsKey)).toBe("PendingDeletion");
    expect((await ask(tenant, "keys/k/decrypt", { ciphertext })).status).toBe(422);
    expect((await ask(tenant, "keys/k/cancel-shred", { version: 2 })).body.versions[1].state).toBe("enabled");
    expect((await ask(tenant, "keys/k/decrypt", { ciphertext })).body).toEqual({ plaintext: base64("x") });

    await ask(tenant, "keys/k/shred", { version: 2, days: 7 });
    stage.clock.forward(8 * day);
    expect((await ask(tenant, "keys/k")).body.versions[1].state).toBe("shredded");
    expect((await ask(tenant, "keys/k/cancel-shred", { version: 2 })).status).toBe(409);
    await expect(stateOf(kmsKey)).rejects.toThrow("does not exist");
  });

  it("can be asked again where KMS failed half-way, and both come to agree", async () => {
    const rotated = await ask(tenant, "keys/k/rotate", { origin: "tenant" });
    const { kmsKey } = rotated.body.versions[1];
    stage.faults.keys = ({ action }) =>
      action === "kms:ScheduleKeyDeletion"
        ? Object.assign(new Error("no"), { name: "LimitExceededException" })
        : undefined;
    expect((await ask(tenant, "keys/k/shred", { version: 2 })).status).toBe(500);
    stage.faults.clear();
    expect(await stateOf(kmsKey)).toBe("Enabled");
    expect((await ask(tenant, "keys/k/shred", { version: 2 })).status).toBe(200);
    expect(await stateOf(kmsKey)).toBe("PendingDeletion");
    expect((await ask(tenant, "keys/k/shred", { version: 2 })).status).toBe(200);
    expect(await stateOf(kmsKey)).toBe("PendingDeletion");
  });

  it("never shreds a KMS key that others use", async () => {
    const answer = await ask(tenant, "keys/k/shred", { version: 1 });
    expect([answer.status, await stateOf(stage.keys.transit)]).toEqual([409, "Enabled"]);
    expect((await ask(tenant, "keys/k/retire", { version: 1 })).status).toBe(200);
    expect(await stateOf(stage.keys.transit)).toBe("Enabled");
  });

  it("deletes a key whose versions are all retired, and never gives its name again", async () => {
    expect((await ask(tenant, "keys/k", undefined, { method: "DELETE" })).status).toBe(409);
    await ask(tenant, "keys/k/retire", { version: 1 });
    expect((await ask(tenant, "keys/k", undefined, { method: "DELETE" })).status).toBe(204);
    expect((await ask(tenant, "keys/k")).status).toBe(404);
    expect((await ask(tenant, "keys")).body.items).toEqual([]);
    expect((await ask(tenant, "keys", { name: "k", purpose: "encryption" })).status).toBe(409);
  });

  it("knows no other method and no other operation", async () => {
    expect((await ask(tenant, "keys/k", {}, { method: "PUT" })).status).toBe(405);
    expect((await ask(tenant, "keys/k/open", {})).status).toBe(404);
    expect((await ask(tenant, "reports", {})).status).toBe(405);
  });
});

describe("a key in the tenant's own AWS account", () => {
  it("is taken after one round trip", async () => {
    const kmsKey = await stage.kms.addForeignKey("210987654321");
    const before = { ...stage.kms.calls };
    const made = await ask(tenant, "keys", { name: "k", purpose: "encryption", kmsKey });
    expect(made.body.versions).toMatchObject([{ origin: "external", kmsKey, state: "enabled" }]);
    expect(stage.kms.calls.GenerateDataKey - before.GenerateDataKey).toBe(1);
    expect(stage.kms.calls.Decrypt - before.Decrypt).toBe(1);
    const { ciphertext } = (await ask(tenant, "keys/k/encrypt", { plaintext: base64("x") })).body;
    expect((await ask(tenant, "keys/k/decrypt", { ciphertext })).body).toEqual({ plaintext: base64("x") });
    expect((await ask(tenant, "keys/k/shred", { version: 1 })).body.detail).toContain("in your own AWS account");
  });

  it.each([
    ["kms:GenerateDataKey", "kms:GenerateDataKey"],
    ["kms:ReEncryptTo", "kms:ReEncrypt*"],
    ["kms:Decrypt", "kms:Decrypt"],
  ])("is refused in plain words where its policy does not let Candor %s", async (denied, named) => {
    const kmsKey = await stage.kms.addForeignKey("210987654321");
    stage.faults.keys = ({ action }) =>
      action === denied ? Object.assign(new Error("no"), { name: "AccessDeniedException" }) : undefined;
    const answer = await ask(tenant, "keys", { name: "k", purpose: "encryption", kmsKey });
    expect(answer.status).toBe(409);
    expect(answer.body.detail).toContain(`failed at ${named} (AccessDeniedException)`);
    expect((await ask(tenant, "keys/k")).status).toBe(404);
  });

  it.each([
    ["of no key at all", "arn:aws:kms:us-east-1:210987654321:key/00000000-0000-4000-8000-000000000000", 409],
    ["of another region", "arn:aws:kms:eu-west-1:210987654321:key/00000000-0000-4000-8000-000000000000", 422],
    ["of an alias", "arn:aws:kms:us-east-1:210987654321:alias/mine", 422],
    ["of something else", "arn:aws:s3:::bucket", 422],
  ])("is refused by the ARN %s", async (_, kmsKey, status) => {
    expect((await ask(tenant, "keys", { name: "k", purpose: "encryption", kmsKey })).status).toBe(status);
  });

  it("is not one of Candor's own account: neither the platform's nor another tenant's", async () => {
    const other = await newTenant(stage);
    const { body } = await ask(other, "keys", { name: "k", purpose: "encryption", origin: "tenant" });
    for (const kmsKey of [stage.keys.sealing, stage.keys.transit, body.versions[0].kmsKey]) {
      const answer = await ask(tenant, "keys", { name: "k", purpose: "encryption", kmsKey });
      expect([answer.status, pointers(answer.body)]).toEqual([422, ["/kmsKey"]]);
    }
  });
});

describe("another tenant's keys", () => {
  it("are as if they were not there, to members of both", async () => {
    const other = await newTenant(stage);
    await ask(other, "keys", { name: "k", purpose: "encryption" });
    const texts = async (of: TenantScope, path: string, body?: unknown) => {
      const answer = await ask(tenant, path, body, { of });
      const { request, ...rest } = answer.body;
      return { status: answer.status, rest };
    };
    const never = await texts(tenant, "keys/k");
    expect(never.status).toBe(404);
    for (const body of [undefined, { plaintext: base64("x") }]) {
      const path = body === undefined ? "keys/k" : "keys/k/encrypt";
      expect(await texts(tenant, path, body)).toEqual(never);
      expect(await texts(other, path, body)).toEqual(never);
    }
  });

  it("are out of reach of the tenant's own credentials, whatever the code does", async () => {
    const other = await newTenant(stage);
    const { body } = await ask(other, "keys", { name: "k", purpose: "signing" });
    const { kmsKey } = body.versions[0];
    await ask(tenant, "keys", { name: "mine", purpose: "signing" });
    // As if the table said that the other tenant's KMS key were this one's.
    const item = await stage.table.get({ pk: `KEY#${tenant.tenant}#`, sk: "mine" });
    const versions = NamedKey.parse(item).versions.map((version) => ({ ...version, kmsKey }));
    await stage.table.write({ put: { ...item, pk: `KEY#${tenant.tenant}#`, sk: "mine", versions } });
    const signed = await ask(tenant, "keys/mine/sign", { message: base64("x") });
    expect([signed.status, JSON.stringify(signed.body)]).toEqual([500, expect.not.stringContaining(kmsKey)]);
    expect(api.errors).toMatchObject([{ name: "AccessDeniedException" }]);
  });
});
