import { createVerify } from "node:crypto";
import { DisableKeyCommand, EnableKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hostClient } from "#infra/local/storage/host-client.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { useApi } from "#test/stage/api-client.ts";
import { auditOf } from "#test/stage/records.ts";
import { useStage } from "#test/stage/stage.ts";
import { newTenant } from "#test/stage/tenant.ts";
import { type Answer, keyClient } from "./key-client.ts";

const stage = useStage();
const api = useApi(stage);
const ask = keyClient(stage, api);
let tenant: TenantScope;
let host: KMSClient;
beforeAll(async () => {
  host = new KMSClient(hostClient(stage.kms.url));
  tenant = await newTenant(stage);
  await ask(tenant, "keys", { name: "payments", purpose: "encryption" });
  await ask(tenant, "keys", { name: "releases", purpose: "signing" });
  await ask(tenant, "keys", { name: "index", purpose: "hmac" });
});
afterAll(() => host.destroy());
beforeEach(() => {
  stage.faults.clear();
  api.errors.length = 0;
});

const base64 = (text: string | Uint8Array) => Buffer.from(text).toString("base64");
const as = (operation: string, body: unknown, role: "owner" | "operator" | "viewer" = "operator") =>
  ask(tenant, operation, body, { role });
const encrypt = async (plaintext: string, object?: string): Promise<string> =>
  (await as("keys/payments/encrypt", { plaintext: base64(plaintext), object })).body.ciphertext;
const pointers = ({ body }: Answer) => body.errors?.map(({ pointer }: { pointer: string }) => pointer);
const problem = ({ status, body }: Answer) => {
  const { request, ...rest } = body;
  return { status, ...rest };
};

describe("encrypting by the API", () => {
  it("is for operators and owners, and goes round", async () => {
    for (const role of ["owner", "operator"] as const) {
      const made = await as("keys/payments/encrypt", { plaintext: base64("hello"), object: "o" }, role);
      expect(made).toMatchObject({ status: 200, body: { version: 1 } });
      const opened = await as("keys/payments/decrypt", { ciphertext: made.body.ciphertext, object: "o" }, role);
      expect(opened.body).toEqual({ plaintext: base64("hello") });
    }
    expect((await as("keys/payments/encrypt", { plaintext: "" }, "viewer")).status).toBe(403);
    expect((await as("keys/payments/decrypt", { ciphertext: await encrypt("x") }, "viewer")).status).toBe(403);
  });

  it("gives a data key that decrypt gives again", async () => {
    const made = (await as("keys/payments/data-key", { object: "disk/1" })).body;
    expect(Buffer.from(made.plaintext, "base64")).toHaveLength(32);
    const opened = await as("keys/payments/decrypt", { ciphertext: made.ciphertext, object: "disk/1" });
    expect(opened.body.plaintext).toBe(made.plaintext);
  });

  it("refuses 10 MB with 413, in clear and as base64, and before KMS is asked", async () => {
    const before = { ...stage.kms.calls };
    const answer = await as("keys/payments/encrypt", { plaintext: base64(Buffer.alloc(10_000_000)) });
    expect(problem(answer)).toMatchObject({ status: 413, type: "urn:candor:problem:too-large" });
    expect(stage.kms.calls).toEqual(before);
  });

  it.each(["QQ", "QQ=", "QQ===", "Q Q==", "QQ==\n", "QR==", "Q-_=", "=QQ=", "QQ==QQ==", "\u00ff", "QQ\u0000="])(
    "takes base64 in its one form, not as %j",
    async (plaintext) => {
      const answer = await as("keys/payments/encrypt", { plaintext });
      expect([answer.status, pointers(answer)]).toEqual([422, ["/plaintext"]]);
      expect(JSON.stringify(answer.body)).not.toContain(plaintext);
    },
  );

  it.each([
    [{}, ["/plaintext"]],
    [{ plaintext: 1 }, ["/plaintext"]],
    [{ plaintext: "", version: 0 }, ["/version"]],
    [{ plaintext: "", version: "1" }, ["/version"]],
    [{ plaintext: "", object: "x".repeat(257) }, ["/object"]],
    [{ plaintext: "", object: "\ud800" }, ["/object"]],
    [{ plaintext: "", context: "x" }, ["/context"]],
    [{ plaintext: "", items: [] }, ["/items", "/plaintext"]],
    [{ items: [{ plaintext: "" }, { plaintext: "?" }] }, ["/items/1/plaintext"]],
    [{ items: Array.from({ length: 501 }, () => ({ plaintext: "" })) }, ["/items"]],
    [[], [""]],
    ["null", [""]],
  ])("says where a body is wrong: %#", async (body, expected) => {
    const answer = await as("keys/payments/encrypt", body);
    expect([answer.status, pointers(answer)]).toEqual([422, expected]);
  });
});

describe("decrypting by the API", () => {
  it("gives one answer for everything that does not open", async () => {
    const good = await encrypt("secret", "o");
    const other = await newTenant(stage);
    await ask(other, "keys", { name: "payments", purpose: "encryption" });
    await ask(tenant, "keys", { name: "second", purpose: "encryption" });
    const answers = [
      await as("keys/payments/decrypt", { ciphertext: good }),
      await as("keys/payments/decrypt", { ciphertext: good, object: "p" }),
      await as("keys/second/decrypt", { ciphertext: good, object: "o" }),
      await ask(other, "keys/payments/decrypt", { ciphertext: good, object: "o" }),
      await as("keys/payments/decrypt", { ciphertext: good.replace("v1", "v2"), object: "o" }),
      await as("keys/payments/decrypt", { ciphertext: good.slice(0, -4), object: "o" }),
      await as("keys/payments/decrypt", { ciphertext: `${good}AAAA`, object: "o" }),
      await as("keys/payments/decrypt", { ciphertext: "candor:v1:", object: "o" }),
      await as("keys/payments/decrypt", { ciphertext: "", object: "o" }),
      await as("keys/payments/rewrap", { ciphertext: `${good.slice(0, 40)}AAAA${good.slice(44)}` }),
    ];
    for (const answer of answers) expect(problem(answer)).toEqual(problem(answers[0] as Answer));
    expect(answers[0]?.status).toBe(422);
    expect(api.errors).toEqual([]);
  });

  it("is recorded before KMS is asked, once for a batch: no event, no opening", async () => {
    const ciphertext = await encrypt("secret");
    const count = async () => (await auditOf(tenant)).filter(({ action }) => action === "key.decrypted").length;
    const events = await count();
    await as("keys/payments/decrypt", { items: [{ ciphertext }, { ciphertext }] });
    expect(await count()).toBe(events + 1);
    const before = stage.kms.calls.Decrypt;
    stage.faults.table = ({ operation }) => (operation === "PutItem" ? { name: "InternalServerError" } : undefined);
    expect((await as("keys/payments/decrypt", { ciphertext })).status).toBe(500);
    expect((await as("keys/payments/data-key", {})).status).toBe(500);
    expect(stage.kms.calls.Decrypt).toBe(before);
  });

  it("answers 503 while the KMS key is shut off, and opens again when it is enabled", async () => {
    const own = await ask(tenant, "keys", { name: "own", purpose: "encryption", origin: "tenant" });
    const KeyId: string = own.body.versions[0].kmsKey;
    const { ciphertext } = (await as("keys/own/encrypt", { plaintext: base64("secret") })).body;
    await host.send(new DisableKeyCommand({ KeyId }));
    const shut = await as("keys/own/decrypt", { ciphertext });
    expect(problem(shut)).toMatchObject({ status: 503, type: "urn:candor:problem:unavailable" });
    const batch = await as("keys/own/decrypt", { items: [{ ciphertext }] });
    expect(batch.body.items).toMatchObject([{ error: { status: 503 } }]);
    await host.send(new EnableKeyCommand({ KeyId }));
    expect((await as("keys/own/decrypt", { ciphertext })).body).toEqual({ plaintext: base64("secret") });
    expect(api.errors).toEqual([]);
  });
});

describe("a batch", () => {
  it("of 500 has a result for each, one KMS call each, and lets one fail alone", async () => {
    const items = Array.from({ length: 500 }, (_, n) => ({ plaintext: base64(String(n)), object: `o${String(n)}` }));
    const before = stage.kms.calls.GenerateDataKey;
    const made = await as("keys/payments/encrypt", { items });
    expect(stage.kms.calls.GenerateDataKey - before).toBe(500);
    const wanted = made.body.items.map(({ ciphertext }: { ciphertext: string }, n: number) => ({
      ciphertext,
      object: n === 250 ? "other" : `o${String(n)}`,
    }));
    const opened = await as("keys/payments/decrypt", { items: wanted });
    expect(opened.status).toBe(200);
    for (const [n, item] of opened.body.items.entries()) {
      if (n !== 250) expect(item).toEqual({ plaintext: base64(String(n)) });
    }
    expect(opened.body.items[250]).toEqual({
      error: {
        type: "urn:candor:problem:undecipherable",
        ...{ status: 422, title: "Can't be decrypted" },
        detail: "This ciphertext can't be decrypted with this key and object.",
      },
    });
  });

  it("rewraps everything to the newest version", async () => {
    await ask(tenant, "keys", { name: "moving", purpose: "encryption" });
    const { body } = await as("keys/moving/encrypt", {
      items: [{ plaintext: base64("a") }, { plaintext: base64("b") }],
    });
    await ask(tenant, "keys/moving/rotate", { origin: "tenant" });
    const items = body.items.map(({ ciphertext }: { ciphertext: string }) => ({ ciphertext }));
    const moved = await as("keys/moving/rewrap", { items });
    expect(moved.body.items.map(({ version }: { version: number }) => version)).toEqual([2, 2]);
    await ask(tenant, "keys/moving", { minDecryptVersion: 2 }, { method: "PATCH", ifMatch: "*" });
    const opened = await as("keys/moving/decrypt", {
      items: moved.body.items.map(({ ciphertext }: { ciphertext: string }) => ({ ciphertext })),
    });
    expect(opened.body.items).toEqual([{ plaintext: base64("a") }, { plaintext: base64("b") }]);
    expect((await as("keys/moving/decrypt", items[0])).status).toBe(422);
  });
});

describe("signing by the API", () => {
  it("gives a signature that OpenSSL verifies with the key shown, and records who signed", async () => {
    const made = await as("keys/releases/sign", { message: base64("release") });
    const key = await ask(tenant, "keys/releases");
    const { pem, jwk } = key.body.versions[0].publicKey;
    expect(createVerify("sha256").update("release").verify(pem, made.body.signature, "base64")).toBe(true);
    expect(made.body).toMatchObject({ version: 1, form: "der", kid: jwk.kid });
    const events = (await auditOf(tenant)).filter(({ action }) => action === "key.signed");
    expect(events).toMatchObject([{ target: { key: "releases", items: "1" } }]);
    const { signature } = made.body;
    const verify = async (body: object) => (await as("keys/releases/verify", { signature, ...body })).body;
    expect(await verify({ message: base64("release") })).toEqual({ valid: true, version: 1, state: "enabled" });
    expect(await verify({ message: base64("other") })).toEqual({ valid: false });
  });

  it("takes either a message or its digest", async () => {
    const message = base64("x");
    for (const body of [{}, { message, digest: base64(Buffer.alloc(32)) }, { digest: base64(Buffer.alloc(31)) }]) {
      expect((await as("keys/releases/sign", body)).status).toBe(422);
    }
    expect((await as("keys/releases/sign", { digest: base64(Buffer.alloc(32)), form: "p1363" })).status).toBe(200);
  });

  it("is refused with a key of another purpose, with one text for each purpose, and KMS is not asked", async () => {
    const before = { ...stage.kms.calls };
    const wrong = [
      await as("keys/payments/sign", { message: base64("x") }),
      await as("keys/payments/sign", { digest: base64(Buffer.alloc(32)) }),
      await as("keys/payments/verify", { message: base64("x"), signature: base64("y") }),
    ];
    for (const answer of wrong) expect(problem(answer)).toEqual(problem(wrong[0] as Answer));
    expect(wrong[0]?.status).toBe(409);
    expect((await as("keys/releases/decrypt", { ciphertext: "candor:v1:AAAA" })).status).toBe(409);
    expect((await as("keys/index/encrypt", { plaintext: "" })).status).toBe(409);
    expect(stage.kms.calls).toEqual(before);
  });
});

describe("codes and random bytes by the API", () => {
  it("verify what they made", async () => {
    const made = (await as("keys/index/hmac", { message: base64("a@example.org") })).body;
    const verify = async (body: object) => (await as("keys/index/verify-hmac", { ...made, ...body })).body;
    expect(await verify({ message: base64("a@example.org") })).toEqual({ valid: true });
    expect(await verify({ message: base64("b@example.org") })).toEqual({ valid: false });
    expect((await as("keys/index/hmac", { message: base64(Buffer.alloc(4_097)) })).status).toBe(422);
  });

  it("are as many as asked for, 1 to 1,024, 32 where nothing is said", async () => {
    const random = async (body: unknown) => as("random", body);
    expect(Buffer.from((await random({ bytes: 1_024 })).body.random, "base64")).toHaveLength(1_024);
    const two = [await random({}), await random("")].map(({ body }) => body.random);
    expect(new Set(two).size).toBe(2);
    for (const bytes of [0, 1_025, 1.5]) expect((await random({ bytes })).status).toBe(422);
  });
});

describe("whatever is sent", () => {
  it("gets a 4xx and is nobody's surprise", { timeout: 60_000 }, async () => {
    const operations = [
      "encrypt",
      "decrypt",
      "rewrap",
      "data-key",
      "sign",
      "verify",
      "hmac",
      "verify-hmac",
      "rotate",
      "shred",
    ];
    const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.constant([]), fc.constant({}));
    const field = fc.constantFrom(
      "plaintext",
      "ciphertext",
      "object",
      "version",
      "message",
      "signature",
      "items",
      "days",
      "__proto__",
    );
    const body = fc.oneof(fc.jsonValue(), fc.dictionary(field, value), fc.string());
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...operations), body, async (operation, given) => {
        const { status } = await ask(tenant, `keys/payments/${operation}`, given === undefined ? "" : given);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 150 },
    );
    expect(api.errors).toEqual([]);
  });
});
