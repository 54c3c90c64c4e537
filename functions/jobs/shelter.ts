import { KeyUnavailable } from "#shared/sealing/vault.ts";
import { type HeldKey, readHeldKey, staysInShelter } from "#shared/store/held-keys.ts";
import { readSealingVersion } from "#shared/store/named-keys.ts";
import { GuardFailed, type Key } from "#shared/store/table.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import { moveKey } from "./move-key.ts";
import type { TenantPorts } from "./tenant-ports.ts";

/** How long what can't leave is left alone: so long after the tenant's key is enabled again, it can be read. */
const pause = 5 * 60_000;

/** Moves keys of a tenant out of the shelter to where the tenant wants them, if its KMS key can be used again. */
export async function leaveShelter(
  by: { readonly scope: TenantScope; readonly ports: TenantPorts },
  places: readonly Key[],
  now: Date,
): Promise<void> {
  const to = await readSealingVersion(by.scope, by.ports.sealingKey);
  let isOff = false;
  for (const place of places) {
    const held = await readHeldKey(by.scope, place);
    if (held?.key.shelteredAt === undefined) continue;
    const moved: HeldKey | "off" | undefined = isOff ? "off" : await moveKey(by, held, to).catch(unlessOff);
    isOff ||= moved === "off";
    if (moved === "off" || moved?.key.shelteredAt !== undefined) await stay(by.scope, held, now);
  }
}

async function stay(scope: TenantScope, held: HeldKey, now: Date): Promise<void> {
  try {
    await scope.table.write(staysInShelter(held, new Date(now.getTime() + pause)));
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
  }
}

function unlessOff(error: unknown): "off" {
  if (error instanceof KeyUnavailable) return "off";
  throw error;
}
