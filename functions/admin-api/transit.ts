/** What is done with a named key: `/v1/tenants/<t>/keys/<name>/encrypt` and the others. Payloads are base64; `items` makes a batch. */
import * as z from "zod";
import type { AuditAction } from "#shared/audit/action.ts";
import { largestBody } from "#shared/http/body.ts";
import { problemOf } from "#shared/http/problem.ts";
import { Base64 } from "#shared/http/validate.ts";
import type { Random } from "#shared/report/identifier.ts";
import { keyThumbprint } from "#shared/signing/public-key.ts";
import { authenticate, verifyCode } from "#shared/transit/authentication-code.ts";
import { type ItemFailure, mostBatchItems, runBatch } from "#shared/transit/batch.ts";
import { decrypt, encrypt, type KeyInUse, rewrap } from "#shared/transit/encryption.ts";
import { findVersion, type KeyPurpose, requirePurpose, versionState } from "#shared/transit/key.ts";
import { publicKeyOf, sign, type ToSign, verify } from "#shared/transit/signature.ts";
import { findUsableKey } from "./named-key.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

/** What the caller calls the thing; only under the same name it opens again. */
const ObjectName = z
  .string()
  .max(256)
  .refine((name) => name.isWellFormed(), "must be valid Unicode")
  .default("");
const version = z.int().min(1).optional();
const Message = { message: Base64.optional(), digest: Base64.optional() };
const form = z.enum(["der", "p1363"]).default("der");
const isOneOfBoth = ({ message, digest }: { message?: unknown; digest?: unknown }) =>
  (message === undefined) !== (digest === undefined);
const oneOfBoth = "give either message, or digest: the SHA-256 of it";
const isDigest = ({ digest }: { digest?: Uint8Array | undefined }) => digest === undefined || digest.length === 32;
const digestLength = { error: "must be the 32 bytes of a SHA-256", path: ["digest"] };

type Work = (use: KeyInUse, random: Random) => Promise<object>;

interface TransitOperation {
  readonly summary: string;
  readonly purpose: KeyPurpose;
  /** The event that is committed before KMS is asked, where there is one. */
  readonly traced?: AuditAction;
  /** One thing to do, or a batch. */
  readonly body: z.ZodType;
  readonly bodyBy: (given: unknown) => z.ZodType;
  readonly answer: z.ZodType;
  /** What there is to do, of a body that was checked. */
  readonly works: (body: unknown) => readonly Work[];
}

const Failed = z.strictObject({
  error: z.strictObject({ type: z.string(), title: z.string(), status: z.int(), detail: z.string() }),
});

/** An operation on one item, and on as many as a batch holds. */
function operation<Input extends z.ZodType>(
  about: Pick<TransitOperation, "summary" | "purpose" | "traced"> & {
    readonly input: Input;
    readonly output: z.ZodType;
  },
  run: (use: KeyInUse, item: z.output<Input>, random: Random) => Promise<object>,
): TransitOperation {
  const { input, output, ...rest } = about;
  const batch = z.strictObject({ items: z.array(input).min(1).max(mostBatchItems) });
  return {
    ...rest,
    body: z.union([input, batch]),
    bodyBy: (given) => (isBatch(given) ? batch : input),
    answer: z.union([output, z.strictObject({ items: z.array(z.union([output, Failed])) })]),
    works(body) {
      const items = isBatch(body) ? (body as z.output<typeof batch>).items : [body as z.output<Input>];
      return items.map((item) => (use: KeyInUse, random: Random) => run(use, item, random));
    },
  };
}

const signing = z.strictObject({ ...Message, form, version });
const verifying = signing.extend({ signature: Base64 });
const plain = z.strictObject({ plaintext: z.string() });
const sealed = z.strictObject({ ciphertext: z.string(), version: z.int() });

const operations: Readonly<Record<string, TransitOperation>> = {
  encrypt: operation(
    {
      ...{ summary: "Encrypt", purpose: "encryption" },
      input: z.strictObject({ plaintext: Base64, object: ObjectName, version }),
      output: sealed,
    },
    (use, { plaintext, ...how }) => encrypt(use, plaintext, how),
  ),

  decrypt: operation(
    {
      ...{ summary: "Decrypt", purpose: "encryption", traced: "key.decrypted" },
      input: z.strictObject({ ciphertext: z.string(), object: ObjectName }),
      output: plain,
    },
    async (use, { ciphertext, object }) => ({ plaintext: base64(await decrypt(use, ciphertext, object)) }),
  ),

  rewrap: operation(
    {
      ...{ summary: "Bring a ciphertext to the newest version, unopened", purpose: "encryption" },
      input: z.strictObject({ ciphertext: z.string() }),
      output: sealed,
    },
    (use, { ciphertext }) => rewrap(use, ciphertext),
  ),

  // A data key is 32 random bytes and their ciphertext: `decrypt` gives it back.
  "data-key": operation(
    {
      ...{ summary: "Make a data key", purpose: "encryption", traced: "key.data-key" },
      input: z.strictObject({ object: ObjectName, version }),
      output: sealed.extend(plain.shape),
    },
    async (use, how, random) => {
      const plaintext = random(32);
      return { plaintext: base64(plaintext), ...(await encrypt(use, plaintext, how)) };
    },
  ),

  sign: operation(
    {
      ...{ summary: "Sign", purpose: "signing", traced: "key.signed" },
      input: signing.refine(isOneOfBoth, oneOfBoth).refine(isDigest, digestLength),
      output: z.strictObject({ signature: z.string(), form: z.string(), version: z.int(), kid: z.string().optional() }),
    },
    async (use, { form: wanted, version: asked, ...given }) => {
      const made = await sign(use, toSign(given), { form: wanted, version: asked });
      const signer = findVersion(use.key, made.version);
      const kid = signer && keyThumbprint(publicKeyOf(signer));
      return { signature: base64(made.signature), form: wanted, version: made.version, kid };
    },
  ),

  verify: operation(
    {
      ...{ summary: "Verify a signature", purpose: "signing" },
      input: verifying.refine(isOneOfBoth, oneOfBoth).refine(isDigest, digestLength),
      output: z.strictObject({ valid: z.boolean(), version: z.int().optional(), state: z.string().optional() }),
    },
    async (use, { signature, form: given, version: asked, ...message }) => {
      const signer = await verify(use, toSign(message), signature, { form: given, version: asked });
      return signer ? { valid: true, version: signer.version, state: versionState(signer, use.now) } : { valid: false };
    },
  ),

  hmac: operation(
    {
      ...{ summary: "Make an authentication code", purpose: "hmac" },
      input: z.strictObject({ message: Base64, version }),
      output: z.strictObject({ hmac: z.string(), version: z.int() }),
    },
    async (use, { message, version: asked }) => {
      const made = await authenticate(use, message, asked);
      return { hmac: base64(made.hmac), version: made.version };
    },
  ),

  "verify-hmac": operation(
    {
      ...{ summary: "Verify an authentication code", purpose: "hmac" },
      input: z.strictObject({ message: Base64, hmac: Base64, version: z.int().min(1) }),
      output: z.strictObject({ valid: z.boolean() }),
    },
    async (use, { message, ...given }) => ({ valid: await verifyCode(use, message, given) }),
  ),
};

interface Settings {
  readonly now: () => Date;
  readonly random: Random;
}

export function transitRoutes(api: TenantApi, { now, random }: Settings): void {
  for (const [name, { summary, purpose, traced, body: form, bodyBy, answer, works: read }] of Object.entries(
    operations,
  )) {
    tenantRoute(
      api,
      {
        ...{ method: "post", path: `/keys/{key}/${name}`, group: "Keys in use", permission: "key.use", summary },
        ...{ params: z.object({ key: z.string() }), body: form, bodyBy, bodyAtMost: largestBody },
        answers: { 200: { description: "For one item, or for each of a batch in its order.", json: answer } },
        failures: ["conflict", "undecipherable"],
      },
      async (c) => {
        const key = await findUsableKey(c.var, c.req.valid("param").key);
        const body = c.req.valid("json");
        const works = read(body);
        requirePurpose(key, purpose);
        if (traced) await c.var.trace({ action: traced, target: { key: key.name, items: String(works.length) } });
        const use = { tenant: c.var.scope.tenant, key, service: c.var.ports.keys, now: now() };
        const [only] = works;
        if (only && !isBatch(body)) return c.json(await only(use, random));
        const results = await runBatch(works, (work) => work(use, random));
        return c.json({ items: results.map((one) => (isFailure(one) ? { error: problemOf(one.error) } : one)) });
      },
    );
  }
}

const isFailure = (result: object): result is ItemFailure => "error" in result;

const isBatch = (body: unknown): boolean => typeof body === "object" && body !== null && Object.hasOwn(body, "items");

function toSign({ message, digest }: { message?: Uint8Array | undefined; digest?: Uint8Array | undefined }): ToSign {
  return message === undefined ? { digest: digest ?? new Uint8Array() } : { message };
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
