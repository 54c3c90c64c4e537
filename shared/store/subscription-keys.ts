import type { Digester } from "#shared/sealing/vault.ts";
import { subscriptionKeyLabel } from "#shared/subscription/subscription.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";
import { remembered } from "./remembered.ts";

/** The key of a tenant, by which addresses are found again and subscriptions ended. */
export type SubscriptionKeyOf = (tenant: TenantId) => Promise<Uint8Array>;

/** Asks KMS once for each tenant: the key never changes. */
export function subscriptionKeys(digester: Digester, now: () => Date): SubscriptionKeyOf {
  const keys = remembered<Uint8Array>({ age: Number.POSITIVE_INFINITY, most: 1_000, now });
  return (tenant) => keys(tenant, () => digester.mac(subscriptionKeyLabel(tenant)));
}
