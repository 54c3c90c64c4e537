/** Finding a named key for whoever asks, and what the API shows of one. */
import * as z from "zod";
import { Failure } from "#shared/failure.ts";
import { notFound } from "#shared/http/api.ts";
import { Instant } from "#shared/report/report.ts";
import { formatPem, keyThumbprint, publicJwk } from "#shared/signing/public-key.ts";
import type { SigningKey } from "#shared/signing/signing-key.ts";
import { readNamedKey } from "#shared/store/named-keys.ts";
import { readSigningKey, tenantKey } from "#shared/store/signing-keys.ts";
import {
  currentVersion,
  firstSealingKey,
  isSystemKey,
  KeyName,
  KeyOrigin,
  KeyPurpose,
  type KeyVersion,
  type NamedKey,
  sealingKeyName,
  signingKeyName,
  versionState,
} from "#shared/transit/key.ts";
import { publicKeyOf } from "#shared/transit/signature.ts";
import type { TenantVariables } from "./tenant-request.ts";

/** A key to look at. @throws Failure `not-found`, also for what is no name of a key */
export async function findKey({ scope, ports }: TenantVariables, name: string): Promise<NamedKey> {
  const key = KeyName.safeParse(name).success ? await readNamedKey(scope, name) : undefined;
  if (key) return key;
  if (name === sealingKeyName) return firstSealingKey(ports.sealingKey);
  const signing = name === signingKeyName ? await readSigningKey(tenantKey(scope)) : undefined;
  if (signing) return namedSigningKey(signing);
  throw notFound();
}

/** The key that signs a tenant's statements as if it were a named key. Its KMS keys are Candor's. */
function namedSigningKey({ versions, revision }: SigningKey): NamedKey {
  return {
    ...{ name: signingKeyName, purpose: "signing", minDecryptVersion: 1, revision },
    createdAt: versions[0]?.createdAt ?? "",
    versions: versions.map((version) => ({ ...version, origin: "platform" })),
  };
}

/** A key to use or to change. @throws Failure for Candor's own keys, whether there are such or not */
export async function findUsableKey(by: TenantVariables, name: string): Promise<NamedKey> {
  refuseSystemKey(name);
  return findKey(by, name);
}

/** A key whose versions an owner may change: also the one that the tenant's sealing keys stand under. */
export async function findOwnersKey(by: TenantVariables, name: string): Promise<NamedKey> {
  return name === sealingKeyName ? findKey(by, name) : findUsableKey(by, name);
}

export function refuseSystemKey(name: string): void {
  if (isSystemKey(name))
    throw new Failure(
      "forbidden",
      "Keys whose names begin with candor- are Candor's own: it alone uses and changes them.",
    );
}

const summaryFields = {
  name: KeyName,
  purpose: KeyPurpose,
  system: z.boolean().meta({ description: "One of Candor's own: it alone uses and changes it." }),
  currentVersion: z.int().optional(),
  minDecryptVersion: z.int(),
  minEncryptVersion: z.int().optional(),
  rotateEvery: z.string().optional(),
  rotateAt: Instant.optional(),
  createdAt: Instant,
};
export const KeySummary = z.strictObject(summaryFields).meta({ id: "KeySummary" });
export const KeyDetail = z
  .strictObject({
    ...summaryFields,
    versions: z.array(
      z.strictObject({
        version: z.int(),
        origin: KeyOrigin,
        state: z.enum(["waiting", "enabled", "retired", "shredding", "shredded"]),
        createdAt: Instant,
        usedFrom: Instant.optional(),
        retiredAt: Instant.optional(),
        shredAt: Instant.optional(),
        kmsKey: z.string().optional().meta({ description: "ARN of the KMS key, where it is not the platform's." }),
        publicKey: z.strictObject({ pem: z.string(), jwk: z.record(z.string(), z.string()) }).optional(),
      }),
    ),
  })
  .meta({ id: "Key" });

export function keySummary(key: NamedKey, now: Date) {
  const { name, purpose, minDecryptVersion, minEncryptVersion, rotateEvery, rotateAt, createdAt } = key;
  return {
    ...{ name, purpose, system: isSystemKey(name), currentVersion: currentVersion(key, now)?.version },
    ...{ minDecryptVersion, minEncryptVersion, rotateEvery, rotateAt, createdAt },
  };
}

export function keyDetail(key: NamedKey, now: Date) {
  return { ...keySummary(key, now), versions: key.versions.map((version) => versionDetail(version, now)) };
}

function versionDetail(version: KeyVersion, now: Date) {
  const { version: number, origin, kmsKey, createdAt, usedFrom, retiredAt, shredAt, spki } = version;
  return {
    ...{ version: number, origin, state: versionState(version, now), createdAt, usedFrom, retiredAt, shredAt },
    // The platform's key is nothing that a tenant could use or look at.
    ...(origin === "platform" ? {} : { kmsKey }),
    ...(spki === undefined ? {} : { publicKey: publicKeyDetail(version) }),
  };
}

function publicKeyDetail(version: KeyVersion) {
  const publicKey = publicKeyOf(version);
  const { algorithm } = publicKey;
  return {
    pem: formatPem(publicKey),
    jwk: { ...publicJwk(publicKey), use: "sig", alg: algorithm, kid: keyThumbprint(publicKey) },
  };
}
