/** What is done with a named key: `/v1/tenants/<t>/keys/<name>/encrypt` and the others. Payloads are base64; `items` makes a batch. */
import { Hono } from "hono";
import * as z from "zod";
import type { AuditAction } from "#shared/audit/action.ts";
import { problemOf } from "#shared/http/problem.ts";
import { Base64, parseInput, readJson } from "#shared/http/validate.ts";
import type { Random } from "#shared/report/identifier.ts";
import { keyThumbprint } from "#shared/signing/public-key.ts";
import { authenticate, verifyCode } from "#shared/transit/authentication-code.ts";
import { type ItemFailure, mostBatchItems, runBatch } from "#shared/transit/batch.ts";
import { decrypt, encrypt, type KeyInUse, rewrap } from "#shared/transit/encryption.ts";
import { findVersion, type KeyPurpose, requirePurpose, versionState } from "#shared/transit/key.ts";
import { publicKeyOf, sign, type ToSign, verify } from "#shared/transit/signature.ts";
import { auditTrail } from "./audit-trail.ts";
import { findUsableKey, requireUser } from "./named-key.ts";
import type { TenantVariables } from "./tenant-request.ts";

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

interface Operation {
  readonly purpose: KeyPurpose;
  /** The event that is committed before KMS is asked, where there is one. */
  readonly traced?: AuditAction;
  /** What there is to do: one thing, or a batch. @throws Failure `invalid` */
  readonly read: (body: unknown) => readonly Work[];
}

/** An operation on one item, and on as many as a batch holds. */
function operation<Input extends z.ZodType>(
  purpose: KeyPurpose,
  input: Input,
  run: (use: KeyInUse, item: z.output<Input>, random: Random) => Promise<object>,
  traced?: AuditAction,
): Operation {
  const batch = z.strictObject({ items: z.array(input).min(1).max(mostBatchItems) });
  return {
    purpose,
    ...(traced && { traced }),
    read(body) {
      const items = isBatch(body) ? parseInput(batch, body).items : [parseInput(input, body)];
      return items.map((item) => (use: KeyInUse, random: Random) => run(use, item, random));
    },
  };
}

const signing = z.strictObject({ ...Message, form, version });
const verifying = signing.extend({ signature: Base64 });

const operations: Readonly<Record<string, Operation>> = {
  encrypt: operation(
    "encryption",
    z.strictObject({ plaintext: Base64, object: ObjectName, version }),
    (use, { plaintext, ...how }) => encrypt(use, plaintext, how),
  ),

  decrypt: operation(
    "encryption",
    z.strictObject({ ciphertext: z.string(), object: ObjectName }),
    async (use, { ciphertext, object }) => ({ plaintext: base64(await decrypt(use, ciphertext, object)) }),
    "key.decrypted",
  ),

  rewrap: operation("encryption", z.strictObject({ ciphertext: z.string() }), (use, { ciphertext }) =>
    rewrap(use, ciphertext),
  ),

  // A data key is 32 random bytes and their ciphertext: `decrypt` gives it back.
  "data-key": operation(
    "encryption",
    z.strictObject({ object: ObjectName, version }),
    async (use, how, random) => {
      const plaintext = random(32);
      return { plaintext: base64(plaintext), ...(await encrypt(use, plaintext, how)) };
    },
    "key.data-key",
  ),

  sign: operation(
    "signing",
    signing.refine(isOneOfBoth, oneOfBoth).refine(isDigest, digestLength),
    async (use, { form: wanted, version: asked, ...given }) => {
      const made = await sign(use, toSign(given), { form: wanted, version: asked });
      const signer = findVersion(use.key, made.version);
      const kid = signer && keyThumbprint(publicKeyOf(signer));
      return { signature: base64(made.signature), form: wanted, version: made.version, kid };
    },
    "key.signed",
  ),

  verify: operation(
    "signing",
    verifying.refine(isOneOfBoth, oneOfBoth).refine(isDigest, digestLength),
    async (use, { signature, form: given, version: asked, ...message }) => {
      const signer = await verify(use, toSign(message), signature, { form: given, version: asked });
      return signer ? { valid: true, version: signer.version, state: versionState(signer, use.now) } : { valid: false };
    },
  ),

  hmac: operation("hmac", z.strictObject({ message: Base64, version }), async (use, { message, version: asked }) => {
    const made = await authenticate(use, message, asked);
    return { hmac: base64(made.hmac), version: made.version };
  }),

  "verify-hmac": operation(
    "hmac",
    z.strictObject({ message: Base64, hmac: Base64, version: z.int().min(1) }),
    async (use, { message, ...given }) => ({ valid: await verifyCode(use, message, given) }),
  ),
};

interface Settings {
  readonly now: () => Date;
  readonly random: Random;
}

export function transitRoutes({ now, random }: Settings) {
  const app = new Hono<{ Variables: TenantVariables }>();
  const { trace } = auditTrail({ now, random });
  for (const [name, { purpose, traced, read }] of Object.entries(operations)) {
    app.post(`/:key/${name}`, async (c) => {
      requireUser(c.var);
      const key = await findUsableKey(c.var, c.req.param("key"));
      const body = await readJson(c.req, z.unknown());
      const works = read(body);
      requirePurpose(key, purpose);
      if (traced) await trace(c.var, traced, { key: key.name, items: String(works.length) });
      const use = { tenant: c.var.scope.tenant, key, service: c.var.ports.keys, now: now() };
      const [only] = works;
      if (only && !isBatch(body)) return c.json(await only(use, random));
      const results = await runBatch(works, (work) => work(use, random));
      return c.json({ items: results.map((one) => (isFailure(one) ? { error: problemOf(one.error) } : one)) });
    });
  }
  return app;
}

/** Random bytes of this process: a CSPRNG that the kernel seeds. */
export function randomRoutes({ random }: Settings) {
  const app = new Hono<{ Variables: TenantVariables }>();
  app.post("/", async (c) => {
    requireUser(c.var);
    const { bytes } = await readJson(c.req, z.strictObject({ bytes: z.int().min(1).max(1024).default(32) }), {
      emptyIs: {},
    });
    return c.json({ random: base64(random(bytes)) });
  });
  return app;
}

const isFailure = (result: object): result is ItemFailure => "error" in result;

const isBatch = (body: unknown): boolean => typeof body === "object" && body !== null && Object.hasOwn(body, "items");

function toSign({ message, digest }: { message?: Uint8Array | undefined; digest?: Uint8Array | undefined }): ToSign {
  return message === undefined ? { digest: digest ?? new Uint8Array() } : { message };
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
