/** Mail that waits for a person, sealed like everything else: to the tenant it was for, or to the deployment where it was for nobody. */
import type { QuarantineReason } from "#shared/report/intake-decision.ts";
import type { WrappedKey } from "#shared/sealing/wrapped-key.ts";
import { partitions, sorts } from "./keys.ts";
import type { Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

/** Mail for no tenant is sealed for nobody in particular: bound to this name, which no tenant can have. */
export const unroutedOwner = "~unrouted";
const unroutedMemory = 90 * 86_400;

interface Quarantined {
  readonly id: string;
  readonly sesId: string;
  readonly receivedAt: string;
  readonly size: number;
  /** HPKE of the message key, to the quarantine's public key. */
  readonly sealedKey: Uint8Array;
  /** Where the encrypted raw mail is. */
  readonly object: string;
}

/** The write that keeps a tenant's quarantined mail. */
export function quarantine(scope: TenantScope, mail: Quarantined & { readonly reason: QuarantineReason }): Write {
  return {
    put: { pk: partitions.quarantine(scope.tenant), sk: sorts.quarantined(mail.receivedAt, mail.id), ...mail },
    guard: "absent",
  };
}

/** The writes that keep a mail for nobody, and mark its delivery as handled. */
export function keepUnrouted(mail: Quarantined & WrappedKey, now: Date): Write[] {
  const expiresAt = Math.ceil(now.getTime() / 1000) + unroutedMemory;
  return [
    {
      put: {
        pk: partitions.unrouted(mail.receivedAt.slice(0, 10)),
        sk: sorts.quarantined(mail.receivedAt, mail.id),
        reason: "unknown-recipient",
        ...mail,
        expiresAt,
      },
      guard: "absent",
    },
    {
      put: {
        pk: partitions.received(mail.sesId),
        sk: sorts.receivedBy("unrouted"),
        outcome: "unrouted",
        at: now.toISOString(),
        expiresAt,
      },
      guard: "absent",
    },
  ];
}
