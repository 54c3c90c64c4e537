/**
 * What the public log of a deployment holds: one canonical JSON object (RFC 8785, UTF-8) an entry. Names of what was published
 * and digests of it, never what is in it.
 */
import * as z from "zod";
import { Malformed } from "#shared/signing/malformed.ts";
import { canonicalJson } from "./canonical-json.ts";
import { leafHash } from "./merkle.ts";

const Instant = z.iso.datetime();
const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

const common = {
  v: z.literal(1),
  at: Instant,
  /** Whose it is; absent where it is the deployment's own. */
  tenant: z.string().min(1).optional(),
};
const aboutKey = {
  ...common,
  /** What the key signs: a tenant's `statements`; `checkpoints` and `receipts` of the deployment. */
  use: z.enum(["statements", "checkpoints", "receipts"]),
  /** RFC 7638 thumbprint. */
  kid: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  /** Of its DER SubjectPublicKeyInfo. */
  spki: Digest,
};

const aboutRelease = { ...common, tenant: z.string().min(1), release: z.int().min(1), body: Digest };

export const KeyChange = z.discriminatedUnion("kind", [
  /** A key that signs from `usedFrom` on. */
  z.strictObject({ kind: z.literal("key.added"), ...aboutKey, usedFrom: Instant }),
  /** A key that signs no more from `retiredAt` on. What it signed before stays good. */
  z.strictObject({ kind: z.literal("key.retired"), ...aboutKey, retiredAt: Instant }),
]);
export type KeyChange = z.infer<typeof KeyChange>;

export const ReleaseChange = z.discriminatedUnion("kind", [
  /** A release with this body. `statement`: digest of what is signed of it, the payload of its bundle. */
  z.strictObject({ kind: z.literal("release.published"), ...aboutRelease, statement: Digest }),
  /** A release whose content was taken away. */
  z.strictObject({ kind: z.literal("release.withdrawn"), ...aboutRelease }),
]);
export type ReleaseChange = z.infer<typeof ReleaseChange>;

const PublicEntry = z.discriminatedUnion("kind", [...KeyChange.options, ...ReleaseChange.options]);
export type PublicEntry = z.infer<typeof PublicEntry>;

/** The bytes that are logged. */
export function encodePublicEntry(entry: PublicEntry): Uint8Array {
  const { tenant, ...rest } = entry;
  return Buffer.from(canonicalJson(tenant === undefined ? rest : { ...rest, tenant }));
}

/** Undoes `encodePublicEntry`. @throws Malformed for what it would not have written */
export function readPublicEntry(bytes: Uint8Array): PublicEntry {
  const parsed = PublicEntry.safeParse(parse(bytes));
  if (!parsed.success || Buffer.compare(encodePublicEntry(parsed.data), bytes) !== 0)
    throw new Malformed("This is no entry of a public log, or not in its one form.");
  return parsed.data;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** Under which an entry is found in its log, in hexadecimal. */
export const leafName = (entry: Uint8Array): string => Buffer.from(leafHash(entry)).toString("hex");
