import type { KeyObject } from "node:crypto";
import { KmsError } from "./errors.ts";
import { type KeySpec, type KeyUsage, specOf } from "./key-spec.ts";

/** One generation of a key's material. Rotating adds one; the older ones go on opening what they sealed. */
export interface Material {
  readonly key: KeyObject;
  readonly createdAt: Date;
}

/** A KMS key. The newest material is the last one; a ciphertext names its material by position. */
export interface Key {
  readonly id: string;
  readonly arn: string;
  readonly spec: KeySpec;
  readonly createdAt: Date;
  readonly materials: [Material, ...Material[]];
  readonly tags: Map<string, string>;
  readonly description: string;
  enabled: boolean;
  /** From this instant on the key does not exist. */
  deletionDate: Date | undefined;
}

export type KeyState = "Enabled" | "Disabled" | "PendingDeletion";

export function stateOf(key: Key): KeyState {
  if (key.deletionDate) return "PendingDeletion";
  return key.enabled ? "Enabled" : "Disabled";
}

export const currentMaterial = (key: Key): Material => key.materials.at(-1) ?? key.materials[0];

/** Refuses a key that waits for its deletion: only describing it and cancelling the deletion are left. */
export function requireNotPendingDeletion(key: Key): void {
  if (key.deletionDate)
    throw new KmsError(
      "KMSInvalidStateException",
      `${key.arn} is pending deletion. Cancel the deletion to use it again.`,
    );
}

/** Refuses a key that can't do cryptography now, or is not made for this usage. */
export function requireUsable(key: Key, usage: KeyUsage, operation: string): void {
  requireNotPendingDeletion(key);
  if (!key.enabled) throw new KmsError("DisabledException", `${key.arn} is disabled. Enable it to use it again.`);
  const actual = specOf(key.spec).usage;
  if (actual !== usage)
    throw new KmsError(
      "InvalidKeyUsageException",
      `${key.arn} key usage is ${actual} which is not valid for ${operation}.`,
    );
}

/** Refuses an algorithm that the key's spec does not have. */
export function requireAlgorithm(key: Key, algorithm: string): void {
  if (!specOf(key.spec).algorithms.includes(algorithm))
    throw new KmsError("InvalidKeyUsageException", `Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`);
}

const algorithmField = {
  ENCRYPT_DECRYPT: "EncryptionAlgorithms",
  SIGN_VERIFY: "SigningAlgorithms",
  GENERATE_VERIFY_MAC: "MacAlgorithms",
} as const;

/** The fields that `GetPublicKey` and `KeyMetadata` share. */
export function publicFacts(key: Key) {
  const { usage, algorithms } = specOf(key.spec);
  return { KeySpec: key.spec, CustomerMasterKeySpec: key.spec, KeyUsage: usage, [algorithmField[usage]]: algorithms };
}

/** KMS's `KeyMetadata`. */
export function metadata(key: Key) {
  return {
    AWSAccountId: key.arn.split(":")[4],
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: epochSeconds(key.createdAt),
    Enabled: stateOf(key) === "Enabled",
    Description: key.description,
    KeyState: stateOf(key),
    ...(key.deletionDate ? { DeletionDate: epochSeconds(key.deletionDate) } : {}),
    Origin: "AWS_KMS",
    KeyManager: "CUSTOMER",
    MultiRegion: false,
    ...publicFacts(key),
  };
}

/** Times in KMS's JSON are seconds since 1970, with a fraction. */
export const epochSeconds = (instant: Date): number => instant.getTime() / 1000;
