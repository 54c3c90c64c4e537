/**
 * Named keys of a tenant, after Vault's transit engine. A named key is a list of versions; a version is a KMS key. The newest
 * version encrypts and signs; older ones decrypt what they encrypted until they are retired.
 */
import * as z from "zod";
import { Bytes } from "#shared/bytes.ts";
import { Failure } from "#shared/failure.ts";
import { Instant } from "#shared/report/report.ts";
import { undecipherable } from "./ciphertext.ts";

export const KeyName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "use 1 to 63 lower-case letters, digits and hyphens, no hyphen first");

/** Keys that Candor itself signs with begin so. Nobody makes one, and nobody but Candor's own doors uses one. */
const systemPrefix = "candor-";
export const isSystemKey = (name: string): boolean => name.startsWith(systemPrefix);

/**
 * The system key of a tenant under which the private halves of its sealing keys stand. A tenant without one is as if its first
 * version were the platform's key.
 */
export const sealingKeyName = "candor-sealing";

/** The system key by whose name owners see, and renew, what `notary` signs the tenant's statements with. */
export const signingKeyName = "candor-signing";

export const KeyPurpose = z.enum(["encryption", "signing", "hmac"]);
export type KeyPurpose = z.infer<typeof KeyPurpose>;

/**
 * Whose KMS key a version is. The platform's is shared by tenants, kept apart by the encryption context: for encryption alone.
 * A tenant's own lies in Candor's account and carries the tenant's tag. An external one lies in the tenant's AWS account.
 */
export const KeyOrigin = z.enum(["platform", "tenant", "external"]);
export type KeyOrigin = z.infer<typeof KeyOrigin>;

export const KeyVersion = z.object({
  /** Counted from 1; a number is never given twice. */
  version: z.int().min(1),
  /** ARN. */
  kmsKey: z.string(),
  origin: KeyOrigin,
  createdAt: Instant,
  /** DER SubjectPublicKeyInfo of a signing version: known to all, and still there when the key is not. */
  spki: Bytes.optional(),
  /** A signing version is published before it signs for the first time; absent where it may sign at once. */
  usedFrom: Instant.optional(),
  /** From here on it neither decrypts nor signs. What it signed stays verifiable. */
  retiredAt: Instant.optional(),
  /** When KMS destroys the key, unless that is cancelled before. */
  shredAt: Instant.optional(),
});
export type KeyVersion = z.infer<typeof KeyVersion>;

/** Whole days: `P90D`. */
export const RotationPeriod = z.string().regex(/^P[1-9][0-9]{0,3}D$/, "write whole days as P90D, at most P9999D");

export const NamedKey = z.object({
  name: KeyName,
  purpose: KeyPurpose,
  versions: z.array(KeyVersion).min(1),
  /** Versions below decrypt nothing, and verify no code. */
  minDecryptVersion: z.int().min(1),
  /** Versions below can't be asked for when encrypting or signing; absent where only the newest can. */
  minEncryptVersion: z.int().min(1).optional(),
  rotateEvery: RotationPeriod.optional(),
  rotateAt: Instant.optional(),
  createdAt: Instant,
  /** A deleted key leaves its name behind, so that nobody ever gets it again and with it what it could open. */
  deletedAt: Instant.optional(),
  /** Counts changes; a change is conditional on it. */
  revision: z.int().min(1),
});
export type NamedKey = z.infer<typeof NamedKey>;

export type VersionState = "waiting" | "enabled" | "retired" | "shredding" | "shredded";

export function versionState({ usedFrom, retiredAt, shredAt }: KeyVersion, now: Date): VersionState {
  const instant = now.toISOString();
  if (shredAt !== undefined) return shredAt <= instant ? "shredded" : "shredding";
  if (retiredAt !== undefined && retiredAt <= instant) return "retired";
  return usedFrom === undefined || usedFrom <= instant ? "enabled" : "waiting";
}

/** The version that encrypts and signs when none is asked for: the newest whose time has come. */
export function currentVersion({ versions }: NamedKey, now: Date): KeyVersion | undefined {
  return versions.findLast((version) => versionState(version, now) !== "waiting");
}

/**
 * The version to encrypt, sign or authenticate with. @throws Failure where the one asked for may not be used any more: there is
 * no quiet way back to an older one
 */
export function writingVersion(key: NamedKey, asked: number | undefined, now: Date): KeyVersion {
  const current = currentVersion(key, now);
  const version = asked === undefined ? current : findVersion(key, asked);
  if (!version || versionState(version, now) !== "enabled")
    throw new Failure("conflict", "This version is not enabled. Rotate the key, or name a version that is.");
  if (version !== current && version.version < (key.minEncryptVersion ?? Infinity))
    throw new Failure("conflict", "This version is below minEncryptVersion. Leave it out to use the newest.");
  return version;
}

/** The version that opens what it encrypted. @throws Failure the one text for everything that can't be decrypted */
export function readingVersion(key: NamedKey, asked: number, now: Date): KeyVersion {
  const version = findVersion(key, asked);
  if (!version || asked < key.minDecryptVersion || versionState(version, now) !== "enabled") throw undecipherable();
  return version;
}

export function findVersion({ versions }: NamedKey, number: number): KeyVersion | undefined {
  return versions.find(({ version }) => version === number);
}

/** Refuses a key that is made for something else. */
export function requirePurpose(key: NamedKey, purpose: KeyPurpose): void {
  if (key.purpose !== purpose)
    throw new Failure("conflict", `This key is for ${key.purpose}. Use a key that was made for ${purpose}.`);
}

/** A key whose first version is this one. */
export function newKey(
  given: { readonly name: string; readonly purpose: KeyPurpose; readonly rotateEvery?: string | undefined },
  version: Omit<KeyVersion, "version" | "createdAt">,
  now: Date,
): NamedKey {
  const createdAt = now.toISOString();
  return {
    name: given.name,
    purpose: given.purpose,
    versions: [{ ...version, version: 1, createdAt }],
    minDecryptVersion: 1,
    createdAt,
    revision: 1,
    ...rotationPlan(given.rotateEvery, now),
  };
}

export const nextVersionNumber = ({ versions }: NamedKey): number =>
  Math.max(...versions.map(({ version }) => version)) + 1;

/** The sealing key of a tenant that never changed it: there from the beginning, and stored once it is changed. */
export function firstSealingKey(platformKey: string): NamedKey {
  const version = { origin: "platform", kmsKey: platformKey } as const;
  return newKey({ name: sealingKeyName, purpose: "encryption" }, version, new Date(0));
}

/** They are kept in one item of the table, which holds 400 kB. */
const mostVersions = 1_000;

/** The key with a further version, which from now on encrypts, and a further turn of its period. */
export function withVersion(key: NamedKey, version: Omit<KeyVersion, "version" | "createdAt">, now: Date): NamedKey {
  const next = nextVersionNumber(key);
  if (next > mostVersions)
    throw new Failure("conflict", `A key has at most ${String(mostVersions)} versions. Make another key.`);
  const versions = [...key.versions, { ...version, version: next, createdAt: now.toISOString() }];
  // Nobody but the tenant makes the next key of its own account: there is no period to keep.
  const rotateEvery = version.origin === "external" ? null : key.rotateEvery;
  return changed({ ...key, versions }, { rotateEvery }, now);
}

/** The key with one version changed. */
export function withChangedVersion(key: NamedKey, changedVersion: KeyVersion): NamedKey {
  const versions = key.versions.map((one) => (one.version === changedVersion.version ? changedVersion : one));
  return { ...key, versions, revision: key.revision + 1 };
}

/** What an owner may set. `null` takes a value away. */
export interface KeySettings {
  readonly minDecryptVersion?: number | undefined;
  readonly minEncryptVersion?: number | null | undefined;
  readonly rotateEvery?: string | null | undefined;
}

/** @throws Failure for a lowest version that there is not, or that would shut the newest out, and a period that nobody can keep */
export function withSettings(key: NamedKey, settings: KeySettings, now: Date): NamedKey {
  const newest = Math.max(...key.versions.map(({ version }) => version));
  for (const least of [settings.minDecryptVersion, settings.minEncryptVersion]) {
    if (least !== undefined && least !== null && least > newest)
      throw new Failure(
        "conflict",
        `The newest version is ${String(newest)}. Rotate first, then raise the lowest one.`,
      );
  }
  if (typeof settings.rotateEvery === "string" && key.versions.at(-1)?.origin === "external")
    throw new Failure(
      "conflict",
      "The newest version lies in your AWS account, where nobody but you makes the next. Rotate it by hand, or to origin tenant first.",
    );
  return changed(key, settings, now);
}

function changed(key: NamedKey, settings: KeySettings, now: Date): NamedKey {
  const { minEncryptVersion: least, rotateEvery, rotateAt, ...rest } = key;
  const lowest = settings.minEncryptVersion === undefined ? least : settings.minEncryptVersion;
  const plan =
    settings.rotateEvery === undefined
      ? { ...(rotateEvery && { rotateEvery }), ...(rotateAt && { rotateAt }) }
      : rotationPlan(settings.rotateEvery, now);
  return {
    ...rest,
    ...plan,
    ...(typeof lowest === "number" ? { minEncryptVersion: lowest } : {}),
    minDecryptVersion: settings.minDecryptVersion ?? key.minDecryptVersion,
    revision: key.revision + 1,
  };
}

const day = 86_400_000;

function rotationPlan(rotateEvery: string | null | undefined, now: Date) {
  if (rotateEvery === undefined || rotateEvery === null) return {};
  const days = Number(rotateEvery.slice(1, -1));
  return { rotateEvery, rotateAt: new Date(now.getTime() + days * day).toISOString() };
}

/** Whether the key's period is over. */
export function isRotationDue({ rotateAt, deletedAt }: NamedKey, now: Date): boolean {
  return rotateAt !== undefined && rotateAt <= now.toISOString() && deletedAt === undefined;
}
