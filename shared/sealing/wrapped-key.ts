/**
 * Private keys as they are kept: wrapped by KMS, and beside each by what. A tenant says under which KMS key its own stand: that
 * is a version of its named key `candor-sealing`. While that key is shut off, what comes in is not lost and not readable either:
 * its key is wrapped for the shelter, under the platform's key and in a context in which nobody may decrypt, only rewrap.
 */
import * as z from "zod";
import { Bytes } from "#shared/bytes.ts";
import { Instant } from "#shared/report/report.ts";
import { KeyUnavailable, type ShelterContext, type WrapContext, type Wrapper } from "./vault.ts";

export const WrappedKey = z.object({
  wrappedPrivateKey: Bytes,
  /** Version of `candor-sealing` that it stands or is to stand under. Absent with what is older than that: the first. */
  wrappedVersion: z.int().min(1).optional(),
  /** ARN of the KMS key that wrapped it. Absent with what is older than that: the platform's. */
  wrappedUnder: z.string().optional(),
  /** It waits in the shelter since then. */
  shelteredAt: Instant.optional(),
});
export type WrappedKey = z.infer<typeof WrappedKey>;

/** Where new private keys of a tenant are to stand. */
export interface SealingVersion {
  readonly version: number;
  /** ARN. */
  readonly kmsKey: string;
}

/**
 * Wraps a private key under the tenant's version, or for the shelter where that key is shut off. One KMS call, two then.
 * @throws KeyUnavailable where the platform's own key is shut off: nothing else is as good
 */
export async function wrapKey(
  wrapper: Wrapper,
  { version, kmsKey }: SealingVersion,
  privateKey: Uint8Array,
  context: WrapContext,
  now: Date,
): Promise<WrappedKey> {
  const under = { wrappedVersion: version };
  try {
    return { ...under, wrappedPrivateKey: await wrapper.wrap(privateKey, context, kmsKey), wrappedUnder: kmsKey };
  } catch (error) {
    if (!(error instanceof KeyUnavailable) || kmsKey === wrapper.platformKey) throw error;
  }
  const wrappedUnder = wrapper.platformKey;
  const wrappedPrivateKey = await wrapper.wrap(privateKey, shelterOf(context), wrappedUnder);
  return { ...under, wrappedPrivateKey, wrappedUnder, shelteredAt: now.toISOString() };
}

/** What KMS is told of a key in the shelter. No right to decrypt is granted for it to anybody. */
export const shelterOf = ({ tenant, purpose, object }: WrapContext): ShelterContext => ({
  tenant,
  purpose: "shelter",
  of: purpose,
  object,
});

/** Whether a key stands where it is to stand. */
export const standsUnder = ({ wrappedVersion = 1, shelteredAt }: WrappedKey, { version }: SealingVersion): boolean =>
  shelteredAt === undefined && wrappedVersion === version;
