import { CannotOpen } from "#shared/sealing/cannot-open.ts";
import { type SealingVersion, shelterOf, standsUnder } from "#shared/sealing/wrapped-key.ts";
import { type HeldKey, movedKey, readHeldKey } from "#shared/store/held-keys.ts";
import { GuardFailed } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import type { TenantPorts } from "./tenant-ports.ts";

interface Mover {
  readonly scope: TenantScope;
  readonly ports: TenantPorts;
}

/**
 * Moves a wrapped private key under a version, by one KMS call that shows the key to nobody. The old form stays until the new one
 * takes its place, where nobody was quicker. Answers the key as it stands then; `undefined` where it is there no more.
 * @throws KeyUnavailable where one of the two KMS keys is shut off
 */
export async function moveKey(by: Mover, held: HeldKey, to: SealingVersion): Promise<HeldKey | undefined> {
  if (standsUnder(held.key, to)) return held;
  const wrapped = await rewrapped(by, held, to);
  // Damaged, or of a KMS key that is not the one noted beside it: it stays as it is, and is counted where it is.
  if (wrapped === undefined) return held;
  const key = { wrappedPrivateKey: wrapped, wrappedVersion: to.version, wrappedUnder: to.kmsKey };
  try {
    await by.scope.table.write(movedKey(held, key));
    return { ...held, key };
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
    return await readHeldKey(by.scope, held.place);
  }
}

async function rewrapped({ ports }: Mover, { key, context }: HeldKey, to: SealingVersion) {
  const { wrappedPrivateKey, wrappedUnder = ports.sealingKey, shelteredAt } = key;
  const from = { kmsKey: wrappedUnder, context: shelteredAt === undefined ? context : shelterOf(context) };
  try {
    return await ports.keys.rewrap(wrappedPrivateKey, from, { kmsKey: to.kmsKey, context });
  } catch (error) {
    if (error instanceof CannotOpen) return undefined;
    throw error;
  }
}
