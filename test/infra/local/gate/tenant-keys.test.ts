import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateKeyCommand,
  DecryptCommand,
  DisableKeyCommand,
  GenerateDataKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
  SignCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-kms";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authorizeKms } from "#infra/local/gate/authorize.ts";
import { createPrincipals } from "#infra/local/gate/principals.ts";
import { type Kms, startKms } from "#infra/local/kms/server.ts";
import { hostClient } from "#infra/local/storage/host-client.ts";
import { ensureKeys, keyAliases } from "#infra/local/storage/kms-keys.ts";
import { type Credentials, credentialsOf, errorName, people } from "./workbench.ts";

const tags = (tenant: string) => [{ TagKey: "tenant", TagValue: tenant }];
type Attempt =
  | CreateKeyCommand
  | DecryptCommand
  | DisableKeyCommand
  | GenerateDataKeyCommand
  | ScheduleKeyDeletionCommand
  | SignCommand
  | TagResourceCommand
  | UntagResourceCommand;
const denied = "AccessDeniedException";

describe("the gate in front of tenants' KMS keys", () => {
  const folder = mkdtempSync(join(tmpdir(), "candor-gate-keys-"));
  const everybody = people();
  const clients: KMSClient[] = [];
  let kms: Kms;
  let platform: Awaited<ReturnType<typeof ensureKeys>>;
  let acme: KMSClient;
  let other: KMSClient;
  let own = "";
  let foreign = "";
  const client = (credentials: Credentials): KMSClient => {
    const made = new KMSClient({ region: "us-east-1", endpoint: kms.url, credentials, maxAttempts: 1 });
    clients.push(made);
    return made;
  };
  const tried = (who: KMSClient, command: Attempt) => errorName(who.send(command as GenerateDataKeyCommand));

  beforeAll(async () => {
    const hostKey = hostClient("").credentials.accessKeyId;
    const host = createPrincipals({ hostKey, doorKeys: new Map(), sessions: () => undefined });
    const [asHost, asOthers] = [authorizeKms(host, keyAliases), authorizeKms(everybody.principals, keyAliases)];
    kms = await startKms({
      ...{ port: 0, file: join(folder, "keys.json"), now: () => new Date("2026-11-21T12:00:00Z") },
      authorize: (call) => (call.accessKeyId === hostKey ? asHost(call) : asOthers(call)),
    });
    platform = await ensureKeys(kms.url);
    acme = client(everybody.as({ tenant: "acme" }));
    other = client(everybody.as({ tenant: "acme-labs" }));
    const { KeyMetadata } = await acme.send(new CreateKeyCommand({ Tags: tags("acme") }));
    own = KeyMetadata?.Arn ?? "";
    foreign = await kms.addForeignKey("210987654321");
  });
  afterAll(async () => {
    for (const made of clients) made.destroy();
    await kms.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const dataKey = (KeyId: string, tenant: string, purpose = "transit") =>
    new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256", EncryptionContext: { tenant, purpose, key: "k" } });

  it("lets a tenant use its own key, the platform's and one of another account, in its own name", async () => {
    for (const key of [own, platform.transit, foreign]) {
      expect(await tried(acme, dataKey(key, "acme"))).toBeUndefined();
      expect(await tried(acme, dataKey(key, "acme-labs"))).toBe(denied);
      expect(await tried(acme, dataKey(key, "acme", "conversation"))).toBe(denied);
      expect(await tried(acme, new GenerateDataKeyCommand({ KeyId: key, KeySpec: "AES_256" }))).toBe(denied);
    }
    expect(await tried(acme, dataKey(platform.sealing, "acme"))).toBe(denied);
  });

  it("lets nobody use another tenant's key, in whoever's name", async () => {
    for (const name of ["acme", "acme-labs"]) expect(await tried(other, dataKey(own, name))).toBe(denied);
    const { CiphertextBlob } = await acme.send(dataKey(own, "acme"));
    const EncryptionContext = { tenant: "acme", purpose: "transit", key: "k" };
    expect(await tried(other, new DecryptCommand({ CiphertextBlob, EncryptionContext }))).toBe(denied);
    expect(await tried(other, new DisableKeyCommand({ KeyId: own }))).toBe(denied);
    expect(await tried(other, new ScheduleKeyDeletionCommand({ KeyId: own }))).toBe(denied);
    expect(await tried(client(credentialsOf("admin-api")), dataKey(own, "acme"))).toBe(denied);
  });

  it("lets a tenant make keys for itself alone, with the one tag", async () => {
    const extra = { TagKey: "more", TagValue: "x" };
    for (const Tags of [tags("acme-labs"), [], [...tags("acme"), extra], [extra]]) {
      expect(await tried(acme, new CreateKeyCommand({ Tags }))).toBe(denied);
    }
    expect(await tried(client(everybody.as({})), new CreateKeyCommand({ Tags: tags("") }))).toBe(denied);
    expect(await tried(client(credentialsOf("admin-api")), new CreateKeyCommand({ Tags: tags("acme") }))).toBe(denied);
  });

  it("lets nobody make a key his own that has an owner, the platform's least of all", async () => {
    for (const KeyId of [own, ...Object.values(platform), foreign]) {
      expect(await tried(other, new TagResourceCommand({ KeyId, Tags: tags("acme-labs") }))).toBe(denied);
      expect(await tried(other, new UntagResourceCommand({ KeyId, TagKeys: ["tenant"] }))).toBe(denied);
    }
    for (const KeyId of Object.values(platform)) {
      expect(await tried(acme, new DisableKeyCommand({ KeyId }))).toBe(denied);
      expect(await tried(acme, new ScheduleKeyDeletionCommand({ KeyId }))).toBe(denied);
    }
    const sign = { Message: Buffer.from("x"), SigningAlgorithm: "ED25519_SHA_512" } as const;
    expect(await tried(acme, new SignCommand({ KeyId: platform.checkpoints, ...sign }))).toBe(denied);
  });
});
