import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateAliasCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DecryptCommand,
  EncryptCommand,
  GenerateMacCommand,
  KMSClient,
} from "@aws-sdk/client-kms";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authorizeKms, authorizeSes, authorizeSts } from "#infra/local/gate/authorize.ts";
import { createPrincipals } from "#infra/local/gate/principals.ts";
import { type Kms, startKms } from "#infra/local/kms/server.ts";
import { roleArns } from "#infra/local/stand-ins.ts";
import { type Sts, startSts } from "#infra/local/sts/server.ts";
import { type Credentials, credentialsOf, doorKey, errorName, failure, hostKey, people } from "./workbench.ts";

const Plaintext = Buffer.from("a private key");
const Message = Buffer.from("an address");
const roleArn = "arn:aws:iam::000000000000:role/admin-api-tenant";

describe("the gate of KMS", () => {
  const folder = mkdtempSync(join(tmpdir(), "candor-gate-kms-"));
  const everybody = people();
  const clients: KMSClient[] = [];
  let kms: Kms;

  const client = (credentials: Credentials) => {
    const made = new KMSClient({ region: "us-east-1", endpoint: kms.url, credentials, maxAttempts: 1 });
    clients.push(made);
    return made;
  };
  const encrypt = (EncryptionContext: Record<string, string>, KeyId = "alias/sealing") =>
    new EncryptCommand({ KeyId, Plaintext, EncryptionContext });

  beforeAll(async () => {
    const signing = {
      checkpoints: "alias/checkpoints",
      receipts: "alias/receipts",
      api: "alias/api",
      subscribers: "alias/subscribers",
    };
    const keys = { sealing: "alias/sealing", digests: "alias/digests", transit: "alias/transit", ...signing };
    const authorize = authorizeKms(everybody.principals, keys);
    kms = await startKms({ port: 0, file: join(folder, "keys.json"), now: () => new Date("2026-11-21"), authorize });
    const host = client(credentialsOf("host"));
    const make = async (AliasName: string, input: CreateKeyCommandInput) => {
      const { KeyMetadata } = await host.send(new CreateKeyCommand(input));
      await host.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyMetadata?.KeyId }));
    };
    await make("alias/sealing", {});
    await make("alias/stranger", {});
    await make("alias/digests", { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
  });
  afterAll(async () => {
    for (const made of clients) made.destroy();
    await kms.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("lets the intake wrap for its purposes, digest, and nothing else", async () => {
    const intake = client(credentialsOf("inbound-mail"));
    const context = { tenant: "acme", purpose: "conversation", object: "c1" };
    const { CiphertextBlob } = await intake.send(encrypt(context));
    const mac = (KeyId: string) => new GenerateMacCommand({ KeyId, Message, MacAlgorithm: "HMAC_SHA_256" });
    await intake.send(mac("alias/digests"));
    const attempts = [
      encrypt({ tenant: "acme", purpose: "signing" }),
      encrypt({ tenant: "acme" }),
      encrypt({}),
      encrypt({ Purpose: "conversation" }),
      encrypt(context, "alias/stranger"),
      new DecryptCommand({ CiphertextBlob, EncryptionContext: context }),
      new CreateKeyCommand({}),
    ];
    for (const attempt of attempts) {
      expect(await errorName(intake.send(attempt as EncryptCommand))).toBe("AccessDeniedException");
    }
  });

  it("opens for the tenant role what is its tenant's, and for the outbox what waits to be sent", async () => {
    const host = client(credentialsOf("host"));
    const open = async (credentials: Credentials, EncryptionContext: Record<string, string>) => {
      const { CiphertextBlob } = await host.send(encrypt(EncryptionContext));
      return errorName(client(credentials).send(new DecryptCommand({ CiphertextBlob, EncryptionContext })));
    };
    const denied = "AccessDeniedException";
    const acme = everybody.as({ tenant: "acme" });
    expect(await open(acme, { tenant: "acme", purpose: "conversation", object: "c1" })).toBeUndefined();
    expect(await open(acme, { tenant: "acme", purpose: "quarantine" })).toBeUndefined();
    expect(await open(acme, { tenant: "acme", purpose: "outbox" })).toBe(denied);
    expect(await open(acme, { tenant: "acme-labs", purpose: "conversation" })).toBe(denied);
    expect(await open(acme, { purpose: "conversation" })).toBe(denied);
    expect(await open(everybody.as({}), { tenant: "", purpose: "conversation" })).toBe(denied);
    expect(await open({ ...acme, sessionToken: "wrong" }, { tenant: "acme", purpose: "conversation" })).toBe(denied);
    expect(await open(credentialsOf("admin-api"), { tenant: "acme", purpose: "conversation" })).toBe(denied);
    expect(await open(credentialsOf("outbox"), { tenant: "acme", purpose: "outbox" })).toBeUndefined();
    expect(await open(credentialsOf("outbox"), { tenant: "acme", purpose: "conversation" })).toBe(denied);
  });

  it("says who, what and where rights stand", async () => {
    const sweep = client(credentialsOf("mail-sweep"));
    expect((await failure(sweep.send(encrypt({ purpose: "outbox" }))))?.message).toBe(
      "User: role/mail-sweep is not authorized to perform: kms:Encrypt on key sealing with the context names purpose. If it should be, add the right in infra/rights.ts.",
    );
  });
});

describe("the gate of STS", () => {
  let sts: Sts;
  const clients: STSClient[] = [];
  const client = (credentials: Credentials) => {
    const made = new STSClient({ region: "us-east-1", endpoint: sts.url, credentials, maxAttempts: 1 });
    clients.push(made);
    return made;
  };
  const principals = createPrincipals({
    hostKey,
    doorKeys: new Map([
      [doorKey("admin-api"), "admin-api"],
      [doorKey("outbox"), "outbox"],
    ]),
    sessions: () => sts.sessions,
  });
  const assume = (tags: Record<string, string>, RoleArn = roleArn) => {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    return new AssumeRoleCommand({ RoleArn, RoleSessionName: "test", ...(Tags.length > 0 && { Tags }) });
  };

  beforeAll(async () => {
    const authorize = authorizeSts(principals, { ...roleArns, "admin-api-tenant": roleArn });
    sts = await startSts({ port: 0, now: () => new Date("2026-11-21"), authorize });
  });
  afterAll(async () => {
    for (const made of clients) made.destroy();
    await sts.close();
  });

  it("lets the API take the tenant role for one tenant", async () => {
    const { Credentials } = await client(credentialsOf("admin-api")).send(assume({ tenant: "acme" }));
    const key = { accessKeyId: Credentials?.AccessKeyId ?? "", sessionToken: Credentials?.SessionToken ?? "" };
    expect(principals.identify(key)).toEqual({ principal: "admin-api-tenant", tag: { tenant: "acme" } });
  });

  it("refuses other tags, other roles, other doors and a session's key", async () => {
    const api = client(credentialsOf("admin-api"));
    const refused = [{}, { tenant: "" }, { Tenant: "acme" }, { tenant: "acme", role: "owner" }].map((tags) =>
      assume(tags),
    );
    for (const attempt of [...refused, assume({ tenant: "acme" }, "arn:aws:iam::000000000000:role/admin")]) {
      expect(await errorName(api.send(attempt))).toBe("AccessDenied");
    }
    expect(await errorName(client(credentialsOf("outbox")).send(assume({ tenant: "acme" })))).toBe("AccessDenied");
    const nobody = { accessKeyId: "AKIANOBODY", secretAccessKey: "x" };
    expect(await errorName(client(nobody).send(assume({ tenant: "acme" })))).toBe("AccessDenied");
    const { Credentials } = await api.send(assume({ tenant: "acme" }));
    const session = {
      ...{ accessKeyId: Credentials?.AccessKeyId ?? "", secretAccessKey: Credentials?.SecretAccessKey ?? "" },
      sessionToken: Credentials?.SessionToken ?? "",
    };
    expect(await errorName(client(session).send(assume({ tenant: "other" })))).toBe("AccessDenied");
    expect((await client(session).send(new GetCallerIdentityCommand({}))).Arn).toContain("admin-api-tenant");
  });
});

describe("the gate of SES", () => {
  const authorize = authorizeSes(people().principals, "mail.example");
  const send = (accessKeyId: string, from: string) =>
    authorize({ accessKeyId, action: "ses:SendRawEmail", from, recipients: [] });

  it("lets the outbox send as any address of the mail domain", () => {
    for (const from of ["security@acme.mail.example", "noreply@mail.example"]) send(doorKey("outbox"), from);
  });

  it("refuses other addresses and other doors", () => {
    const foreign = [
      "a@example",
      "a@evilmail.example",
      "a@mail.example.evil",
      "mail.example",
      "",
      "a@acme.mail.example@x",
    ];
    for (const from of foreign) expect(() => send(doorKey("outbox"), from)).toThrow("not authorized");
    expect(() => send(doorKey("inbound-mail"), "a@acme.mail.example")).toThrow("role/inbound-mail is not authorized");
    expect(() => send("AKIANOBODY", "a@acme.mail.example")).toThrow("security token");
    const quota = { accessKeyId: doorKey("outbox"), action: "ses:GetSendQuota", from: "", recipients: [] } as const;
    expect(() => authorize(quota)).toThrow("ses:GetSendQuota");
  });
});
