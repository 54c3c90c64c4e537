import {
  DecryptCommand,
  EncryptCommand,
  GenerateRandomCommand,
  KMSClient,
  ListKeysCommand,
  NotFoundException,
} from "@aws-sdk/client-kms";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AccessDenied } from "#infra/local/access-denied.ts";
import type { KmsCall } from "#infra/local/kms/server.ts";
import { errorName, type KmsUnderTest, kmsUnderTest, text } from "./kms-under-test.ts";

let kms: KmsUnderTest;
let refuse: (call: KmsCall) => boolean = () => false;
let fault: Error | undefined;
const failures: unknown[] = [];

beforeEach(async () => {
  refuse = () => false;
  fault = undefined;
  const seen: KmsCall[] = [];
  kms = await kmsUnderTest({
    authorize: async (call) => {
      await Promise.resolve();
      seen.push(call);
      if (call.accessKeyId === "AKIABROKEN") throw new Error("a fault of ours");
      if (refuse(call))
        throw new AccessDenied(`User: ${call.accessKeyId} is not authorized to perform: ${call.action}`);
    },
    fault: () => fault,
    onError: (error) => failures.push(error),
  });
});
afterEach(() => kms.stop());

const signed = (target: string) => ({
  authorization:
    "AWS4-HMAC-SHA256 Credential=AKIATESTER/20261121/us-east-1/kms/aws4_request, SignedHeaders=host, Signature=0",
  "x-amz-target": target,
});
const post = (headers: Record<string, string>, body: string) => fetch(kms.url, { method: "POST", headers, body });

describe("The authorizer", () => {
  it("sees who does what, with which key, tags, aliases and context", async () => {
    await kms.stop();
    kms = await kmsUnderTest();
    const KeyId = await kms.newKey({ Tags: [{ TagKey: "use", TagValue: "sealing" }] });
    const credentials = { accessKeyId: "ASIASESSION", secretAccessKey: "any", sessionToken: "the token" };
    const client = new KMSClient({ region: "us-east-1", endpoint: kms.url, credentials });
    await client.send(new EncryptCommand({ KeyId, Plaintext: text("x"), EncryptionContext: { tenant: "hearth" } }));
    client.destroy();
    const creation = {
      ...{ accessKeyId: "AKIATESTER", keyArn: undefined, keyTags: {}, aliases: [], encryptionContext: undefined },
      ...{ foreign: false, newTags: { use: "sealing" } },
    };
    expect(kms.asked).toEqual([
      { ...creation, action: "kms:CreateKey" },
      { ...creation, action: "kms:TagResource" },
      {
        accessKeyId: "ASIASESSION",
        sessionToken: "the token",
        action: "kms:Encrypt",
        keyArn: `arn:aws:kms:us-east-1:000000000000:key/${KeyId}`,
        keyTags: { use: "sealing" },
        aliases: [],
        encryptionContext: { tenant: "hearth" },
        ...{ foreign: false, newTags: undefined },
      },
    ]);
  });

  it("refuses a call, which then does nothing", async () => {
    const KeyId = await kms.newKey();
    const { CiphertextBlob } = await kms.client.send(new EncryptCommand({ KeyId, Plaintext: text("x") }));
    refuse = (call) => call.action === "kms:Decrypt" || call.action === "kms:CreateKey";
    const opening = kms.client.send(new DecryptCommand({ CiphertextBlob }));
    await expect(opening).rejects.toThrow("User: AKIATESTER is not authorized to perform: kms:Decrypt");
    expect(await errorName(opening)).toBe("AccessDeniedException");
    expect(await errorName(kms.newKey())).toBe("AccessDeniedException");
    expect((await kms.client.send(new ListKeysCommand({}))).Keys).toHaveLength(1);
  });

  it("that fails is an internal error that tells the client nothing", async () => {
    const credentials = { accessKeyId: "AKIABROKEN", secretAccessKey: "any" };
    const client = new KMSClient({ region: "us-east-1", endpoint: kms.url, credentials, maxAttempts: 1 });
    const failed: unknown = await client.send(new ListKeysCommand({})).catch((error: unknown) => error);
    client.destroy();
    expect(failed).toMatchObject({ name: "KMSInternalException", $metadata: { httpStatusCode: 500 } });
    expect(String(failed)).not.toContain("a fault of ours");
    expect(failures).toEqual([new Error("a fault of ours")]);
  });
});

describe("Faults and counts", () => {
  it("throttles as told, and the SDK tries again", async () => {
    const credentials = { accessKeyId: "AKIATESTER", secretAccessKey: "any" };
    const client = new KMSClient({ region: "us-east-1", endpoint: kms.url, credentials, maxAttempts: 3 });
    fault = Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
    expect(await errorName(client.send(new GenerateRandomCommand({ NumberOfBytes: 1 })))).toBe("ThrottlingException");
    expect(kms.calls.GenerateRandom).toBe(3);
    fault = undefined;
    expect(await errorName(client.send(new GenerateRandomCommand({ NumberOfBytes: 1 })))).toBe("none");
    expect(kms.calls).toMatchObject({ GenerateRandom: 4, Encrypt: 0 });
    client.destroy();
  });
});

describe("The wire", () => {
  it("gives the SDK its error classes", async () => {
    const KeyId = "11111111-1111-4111-8111-111111111111";
    await expect(kms.client.send(new EncryptCommand({ KeyId, Plaintext: text("x") }))).rejects.toBeInstanceOf(
      NotFoundException,
    );
  });

  it("knows no other operation", async () => {
    for (const target of [
      "TrentService.ImportKeyMaterial",
      "TrentService.toString",
      "TrentService.__proto__",
      "Encrypt2",
      "",
    ]) {
      const answer = await post(signed(target), "{}");
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ __type: "UnknownOperationException" });
    }
    const got = await fetch(kms.url, { headers: signed("TrentService.ListKeys") });
    expect(await got.json()).toMatchObject({ __type: "UnknownOperationException" });
  });

  it("wants JSON of the operation's shape and nothing more", async () => {
    const list = async (body: string) => (await (await post(signed("TrentService.ListKeys"), body)).json()) as unknown;
    expect(await list("{}")).toEqual({ Keys: [], Truncated: false });
    expect(await list("{")).toMatchObject({ __type: "SerializationException" });
    expect(await list("")).toMatchObject({ __type: "SerializationException" });
    expect(await list("[]")).toMatchObject({ __type: "ValidationException" });
    expect(await list('{"Limits":1}')).toMatchObject({ __type: "ValidationException" });
  });

  it("wants a signature that names an access key", async () => {
    for (const authorization of ["", "Bearer x", "AWS4-HMAC-SHA256 SignedHeaders=host"]) {
      const answer = await post({ authorization, "x-amz-target": "TrentService.ListKeys" }, "{}");
      expect(await answer.json()).toMatchObject({ __type: "MissingAuthenticationTokenException" });
    }
  });

  it("takes no body above a mebibyte", async () => {
    const answer = await post(signed("TrentService.ListKeys"), " ".repeat(1024 * 1024 + 1));
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ __type: "RequestEntityTooLargeException" });
    const most = await post(signed("TrentService.ListKeys"), `{}${" ".repeat(1024 * 1024 - 2)}`);
    expect(most.status).toBe(200);
  });
});
