import * as z from "zod";
import { Bytes } from "#shared/bytes.ts";
import type { Binding } from "#shared/sealing/binding.ts";
import { newSealingKey, type SealingPublicKey } from "#shared/sealing/sealing-key.ts";
import type { WrapContext } from "#shared/sealing/vault.ts";
import { WrappedKey } from "#shared/sealing/wrapped-key.ts";
import { dueInShelter } from "./held-keys.ts";
import { partitions, sorts } from "./keys.ts";
import { GuardFailed } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

/** What a tenant has one standing sealing key for; conversations have one each. */
export type SealingPurpose = "outbox" | "quarantine";

const StoredKey = z.object({
  suite: z.literal("x25519-hkdf-sha256-aes256gcm"),
  publicKey: Bytes,
  ...WrappedKey.shape,
});
export type StoredSealingKey = z.infer<typeof StoredKey>;

export const purposeContext = (scope: TenantScope, purpose: SealingPurpose): WrapContext => ({
  tenant: scope.tenant,
  purpose,
  object: purpose,
});

/** What an item sealed for a purpose is bound to. */
export const purposeBinding = (scope: TenantScope, purpose: SealingPurpose, item: string): Binding => ({
  tenant: scope.tenant,
  purpose,
  object: item,
});

const key = (scope: TenantScope, purpose: SealingPurpose) => ({
  pk: partitions.sealing(scope.tenant),
  sk: sorts.sealingKey(purpose),
});

export async function readSealingKey(
  scope: TenantScope,
  purpose: SealingPurpose,
): Promise<StoredSealingKey | undefined> {
  const item = await scope.table.get(key(scope, purpose));
  return item && StoredKey.parse(item);
}

/**
 * The tenant's key for a purpose, made on first use by whoever needs to seal: it takes a right to wrap, none to unwrap.
 * Of two that make one at the same time, the first counts.
 */
export async function sealingKeyFor(
  scope: TenantScope,
  purpose: SealingPurpose,
  wrap: (privateKey: Uint8Array, context: WrapContext) => Promise<WrappedKey>,
): Promise<SealingPublicKey> {
  const known = await readSealingKey(scope, purpose);
  if (known) return known;
  const { suite, publicKey, privateKey } = await newSealingKey();
  const wrapped = await wrap(privateKey, purposeContext(scope, purpose));
  const due = dueInShelter(scope, wrapped, purpose);
  try {
    await scope.table.write({ put: { ...key(scope, purpose), suite, publicKey, ...wrapped, ...due }, guard: "absent" });
    return { suite, publicKey };
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
    return sealingKeyFor(scope, purpose, wrap);
  }
}
