/**
 * A key that Candor states something with: one version after the other, each a KMS key that never shows its private half. A
 * version is published before it signs for the first time, and the one before it stays good until after that.
 */
import * as z from "zod";
import { Bytes } from "#shared/bytes.ts";
import type { PublishedKey } from "./jwks.ts";
import { readSpki } from "./public-key.ts";

/** What a key signs: a tenant's statements; the deployment's checkpoints, and the receipts that reporters get. */
export type KeyUse = "statements" | "checkpoints" | "receipts";

/** Whole seconds, as JWKS and OpenPGP count them. */
const Instant = z.iso.datetime();

const SigningKeyVersion = z.strictObject({
  /** Counted from 1. */
  version: z.int().min(1),
  /** ARN. */
  kmsKey: z.string(),
  /** DER SubjectPublicKeyInfo. */
  spki: Bytes,
  /** Part of its OpenPGP fingerprint. */
  createdAt: Instant,
  usedFrom: Instant,
  retiredAt: Instant.optional(),
});
export type SigningKeyVersion = z.infer<typeof SigningKeyVersion>;

export const SigningKey = z.strictObject({
  versions: z.array(SigningKeyVersion).min(1),
  /** Counts changes; a change is conditional on it. */
  revision: z.int().min(1),
});
export type SigningKey = z.infer<typeof SigningKey>;

/**
 * How the tag `tenant` of a KMS key begins with which Candor signs for a tenant; the tenant's name follows. A tenant's own keys
 * bear its bare name, so no right on those reaches these.
 */
export const statementKeyOwner = "@statements:";

/** A KMS key that was just made, or that a deployment brought. */
export interface MadeKey {
  /** ARN. */
  readonly kmsKey: string;
  readonly spki: Uint8Array;
}

const hour = 3_600_000;
const day = 24 * hour;
/** How long a new version is shown before it signs. */
const shownBefore = day;
/** How long the old one stays good after that: clocks differ, and what is under way ends. */
const overlap = hour;
/** How old a version becomes before the next one is made. */
const mostAge = 365 * day;

/** A key with its first version, which may sign at once: nothing was signed before it. */
export function firstSigningKey(made: MadeKey, now: Date): SigningKey {
  const at = inSeconds(now);
  return { versions: [{ ...made, version: 1, createdAt: at, usedFrom: at }], revision: 1 };
}

/** The key with a further version that signs in a day, and an end for those before. */
export function rotateSigningKey({ versions, revision }: SigningKey, made: MadeKey, now: Date): SigningKey {
  const usedFrom = new Date(now.getTime() + shownBefore);
  const retiredAt = inSeconds(new Date(usedFrom.getTime() + overlap));
  const version = Math.max(...versions.map((one) => one.version)) + 1;
  return {
    versions: [
      ...versions.map((one) => ({ ...one, retiredAt: one.retiredAt ?? retiredAt })),
      { ...made, version, createdAt: inSeconds(now), usedFrom: inSeconds(usedFrom) },
    ],
    revision: revision + 1,
  };
}

/** The version to sign with: the newest whose time has come. */
export function versionInUse({ versions }: SigningKey, now: Date): SigningKeyVersion {
  const found = versions.findLast(({ usedFrom }) => Date.parse(usedFrom) <= now.getTime());
  if (found === undefined) throw new Error("No version of this key signs yet. Wait until the first one does.");
  return found;
}

/** Whether it is time for another version. */
export function isOld({ versions }: SigningKey, now: Date): boolean {
  return versions.every(({ usedFrom }) => now.getTime() - Date.parse(usedFrom) >= mostAge);
}

/** When another version begins to sign; `undefined` where none waits. */
export function nextUse({ versions }: SigningKey, now: Date): Date | undefined {
  const waiting = versions.map(({ usedFrom }) => new Date(usedFrom)).find((usedFrom) => usedFrom > now);
  return waiting;
}

/** All versions as a key set shows them. */
export function publishedKeys({ versions }: SigningKey, use: KeyUse): readonly PublishedKey[] {
  return versions.map(({ spki, usedFrom, retiredAt }) => ({
    publicKey: readSpki(spki),
    usedFrom: new Date(usedFrom),
    retiredAt: retiredAt === undefined ? undefined : new Date(retiredAt),
    purpose: use,
  }));
}

/** An instant in whole seconds. */
function inSeconds(at: Date): string {
  return new Date(Math.floor(at.getTime() / 1000) * 1000).toISOString();
}
