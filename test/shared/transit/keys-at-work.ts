/** Named keys over the KMS stand-in, by the SDK. */
import { connectKeyService } from "#shared/aws/key-service.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import type { KeyInUse } from "#shared/transit/encryption.ts";
import { type KeyPurpose, type NamedKey, newKey } from "#shared/transit/key.ts";
import { type KmsUnderTest, kmsUnderTest } from "#test/infra/local/kms/kms-under-test.ts";

export const now = new Date("2026-11-21T12:00:00.000Z");

export async function keysAtWork() {
  const kms: KmsUnderTest = await kmsUnderTest();
  const platformKey = `arn:aws:kms:us-east-1:000000000000:key/${await kms.newKey()}`;
  const serviceOf = (tenant: string) =>
    connectKeyService({
      ...{ region: "us-east-1", endpoint: kms.url, tenant: TenantId.parse(tenant), platformKey },
      credentials: { accessKeyId: "AKIATESTER", secretAccessKey: "any" },
    });
  return {
    kms,
    platformKey,
    serviceOf,
    /** A key of a tenant, ready to use. Its first version is the platform's, or a KMS key of its own where it has to be. */
    async use(tenant: string, name: string, purpose: KeyPurpose = "encryption"): Promise<KeyInUse> {
      const service = serviceOf(tenant);
      if (purpose === "encryption")
        return {
          tenant,
          service,
          now,
          key: newKey({ name, purpose }, { origin: "platform", kmsKey: platformKey }, now),
        };
      const kmsKey = await service.create(purpose, "a test");
      const spki = purpose === "signing" ? { spki: await service.publicKey(kmsKey) } : {};
      return { tenant, service, now, key: newKey({ name, purpose }, { origin: "tenant", kmsKey, ...spki }, now) };
    },
    /** How many calls of each operation KMS gets while something is done; those that it gets none of are left out. */
    async callsOf(work: () => Promise<unknown>): Promise<Record<string, number>> {
      const before = { ...kms.calls };
      await work();
      const counts = Object.entries(kms.calls).map(
        ([name, count]) => [name, count - (before[name as never] ?? 0)] as const,
      );
      return Object.fromEntries(counts.filter(([, count]) => count > 0));
    },
  };
}

export const changed = (use: KeyInUse, key: NamedKey): KeyInUse => ({ ...use, key });
