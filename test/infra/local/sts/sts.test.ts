import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AccessDenied } from "#infra/local/access-denied.ts";
import { type Sts, type StsCall, startSts } from "#infra/local/sts/server.ts";

let sts: Sts;
let client: STSClient;
let now: Date;
let asked: StsCall[];
let clients: STSClient[];

beforeEach(async () => {
  now = new Date("2026-11-21T12:00:00Z");
  asked = [];
  clients = [];
  sts = await startSts({ port: 0, now: () => now, account: "000000000000", authorize });
  client = clientOf({ accessKeyId: "AKIAADMINAPI", secretAccessKey: "any" });
});
afterEach(async () => {
  for (const each of clients) each.destroy();
  await sts.close();
});

function authorize(call: StsCall): void {
  asked.push(call);
  if (call.roleArn.endsWith("/forbidden"))
    throw new AccessDenied(`User: ${call.accessKeyId} is not authorized to perform: ${call.action} on ${call.roleArn}`);
}

function clientOf(credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }): STSClient {
  const made = new STSClient({ region: "us-east-1", endpoint: sts.url, credentials, maxAttempts: 1 });
  clients.push(made);
  return made;
}

const RoleArn = "arn:aws:iam::000000000000:role/candor/admin-api-tenant";
const tenant = [{ Key: "tenant", Value: "hearth & <friends>".replace(/[&<>]/g, "+") }];
const assume = (input: Partial<AssumeRoleCommandInput> = {}) =>
  client.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "admin-api", Tags: tenant, ...input }));

async function failure(call: Promise<unknown>): Promise<{ name: string; message: string; status: number | undefined }> {
  const error: unknown = await call.then(
    () => new Error("it did not fail"),
    (thrown: unknown) => thrown,
  );
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  return { name, message, status: $metadata?.httpStatusCode };
}

async function newSession(input: Partial<AssumeRoleCommandInput> = {}) {
  const { Credentials } = await assume(input);
  return {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
}

describe("AssumeRole", () => {
  it("gives credentials for an hour, and says whose they are", async () => {
    const answer = await assume();
    expect(answer.Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(answer.Credentials?.SecretAccessKey).toHaveLength(40);
    expect(answer.Credentials?.SessionToken?.length).toBeGreaterThan(40);
    expect(answer.Credentials?.Expiration).toEqual(new Date("2026-11-21T13:00:00Z"));
    expect(answer.AssumedRoleUser?.Arn).toBe("arn:aws:sts::000000000000:assumed-role/admin-api-tenant/admin-api");
    expect(answer.AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z0-9]{17}:admin-api$/);
  });

  it("puts the session with its tags in the registry", async () => {
    const { accessKeyId } = await newSession();
    expect(sts.sessions.lookup(accessKeyId)).toEqual({
      roleName: "admin-api-tenant",
      roleArn: RoleArn,
      sessionName: "admin-api",
      baseAccessKeyId: "AKIAADMINAPI",
      tags: { tenant: "hearth + +friends+" },
      expiresAt: new Date("2026-11-21T13:00:00Z"),
    });
    expect(sts.sessions.lookup("ASIAAAAAAAAAAAAAAAAA")).toBeUndefined();
  });

  it("asks the authorizer, which can refuse", async () => {
    await assume();
    const call = {
      accessKeyId: "AKIAADMINAPI",
      action: "sts:AssumeRole",
      roleArn: RoleArn,
      tags: { tenant: "hearth + +friends+" },
    };
    expect(asked).toEqual([call]);
    expect(await failure(assume({ RoleArn: "arn:aws:iam::000000000000:role/forbidden" }))).toEqual({
      name: "AccessDenied",
      message:
        "User: AKIAADMINAPI is not authorized to perform: sts:AssumeRole on arn:aws:iam::000000000000:role/forbidden",
      status: 403,
    });
  });

  it("takes up to 50 tags in order, and a tag named like a property of objects", async () => {
    const Tags = Array.from({ length: 49 }, (_, n) => ({ Key: `tag-${n}`, Value: `${n}` }));
    const { accessKeyId } = await newSession({ Tags: [...Tags, { Key: "__proto__", Value: "x" }] });
    const tags = sts.sessions.lookup(accessKeyId)?.tags ?? {};
    expect(Object.entries(tags)).toHaveLength(50);
    expect(tags["tag-48"]).toBe("48");
    const tooMany = Array.from({ length: 51 }, (_, n) => ({ Key: `tag-${n}`, Value: "" }));
    expect((await failure(assume({ Tags: tooMany }))).name).toBe("ValidationError");
    const twice = [
      { Key: "Tenant", Value: "a" },
      { Key: "tenant", Value: "b" },
    ];
    expect((await failure(assume({ Tags: twice }))).name).toBe("InvalidParameterValue");
  });

  it("takes 900 to 43200 seconds", async () => {
    expect((await assume({ DurationSeconds: 900 })).Credentials?.Expiration).toEqual(new Date("2026-11-21T12:15:00Z"));
    expect((await assume({ DurationSeconds: 43_200 })).Credentials?.Expiration).toEqual(
      new Date("2026-11-22T00:00:00Z"),
    );
    for (const DurationSeconds of [899, 43_201])
      expect((await failure(assume({ DurationSeconds }))).name).toBe("ValidationError");
  });

  it("refuses what it would have to ignore, by name", async () => {
    for (const unsupported of [
      { Policy: "{}" },
      { ExternalId: "abc" },
      { TransitiveTagKeys: ["tenant"] },
      { TokenCode: "123456" },
    ]) {
      const { name, message } = await failure(assume(unsupported));
      expect(name).toBe("ValidationError");
      expect(message).toContain(Object.keys(unsupported)[0]);
    }
  });

  it("wants the ARN of a role and a session name", async () => {
    for (const bad of ["arn:aws:iam::000000000000:user/x", "arn:aws:iam::1:role/admin-api", "admin-api"])
      expect((await failure(assume({ RoleArn: bad }))).name).toBe("ValidationError");
    expect((await failure(assume({ RoleSessionName: "a b" }))).name).toBe("ValidationError");
  });

  it("does not go on from a session to a further role", async () => {
    client = clientOf(await newSession());
    expect((await failure(assume())).name).toBe("AccessDenied");
  });
});

describe("A session", () => {
  it("is verified by its token alone", async () => {
    const one = await newSession();
    const two = await newSession();
    expect(sts.sessions.verify(one.accessKeyId, one.sessionToken)?.roleName).toBe("admin-api-tenant");
    for (const token of [two.sessionToken, `${one.sessionToken}x`, "", undefined])
      expect(sts.sessions.verify(one.accessKeyId, token)).toBeUndefined();
  });

  it("ends at its time by the given clock", async () => {
    const session = await newSession({ DurationSeconds: 900 });
    now = new Date("2026-11-21T12:14:59.999Z");
    expect(sts.sessions.lookup(session.accessKeyId)).toBeDefined();
    now = new Date("2026-11-21T12:15:00Z");
    expect(sts.sessions.lookup(session.accessKeyId)).toBeUndefined();
    expect(sts.sessions.verify(session.accessKeyId, session.sessionToken)).toBeUndefined();
    const late = clientOf(session).send(new GetCallerIdentityCommand({}));
    expect(await failure(late)).toMatchObject({ name: "ExpiredToken", status: 403 });
    const { accessKeyId } = await newSession();
    expect(sts.sessions.lookup(accessKeyId)).toBeDefined();
  });
});

describe("GetCallerIdentity", () => {
  it("names a plain key as a user and a session as an assumed role", async () => {
    expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject({
      UserId: "AKIAADMINAPI",
      Account: "000000000000",
      Arn: "arn:aws:iam::000000000000:user/AKIAADMINAPI",
    });
    const session = clientOf(await newSession());
    expect(await session.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: "000000000000",
      Arn: "arn:aws:sts::000000000000:assumed-role/admin-api-tenant/admin-api",
    });
    expect(asked).toHaveLength(1);
  });

  it("refuses a session's key without its token", async () => {
    const { accessKeyId, secretAccessKey } = await newSession();
    const bare = clientOf({ accessKeyId, secretAccessKey }).send(new GetCallerIdentityCommand({}));
    expect(await failure(bare)).toMatchObject({ name: "InvalidClientTokenId", status: 403 });
  });
});

describe("The wire", () => {
  const authorization =
    "AWS4-HMAC-SHA256 Credential=AKIAADMINAPI/20261121/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0";

  it("knows no other action, and no caller without a signature", async () => {
    const body = "Action=GetSessionToken&Version=2011-06-15";
    const other = await fetch(sts.url, { method: "POST", headers: { authorization }, body });
    expect(await other.text()).toContain("<Code>InvalidAction</Code>");
    const unsigned = await fetch(sts.url, { method: "POST", body: "Action=GetCallerIdentity&Version=2011-06-15" });
    expect(unsigned.status).toBe(403);
    expect(await unsigned.text()).toContain("<Code>MissingAuthenticationToken</Code>");
  });

  it("takes no body above 64 kB", async () => {
    const answer = await fetch(sts.url, { method: "POST", headers: { authorization }, body: "x".repeat(65_537) });
    expect(answer.status).toBe(413);
  });
});
