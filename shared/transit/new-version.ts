import { Failure } from "#shared/failure.ts";
import type { KeyOrigin, KeyPurpose, KeyVersion } from "./key.ts";
import type { KeyService } from "./key-service.ts";

/** What a version is before the named key gives it its number. */
export type NewVersion = Omit<KeyVersion, "version" | "createdAt">;

/**
 * A version that Candor makes by itself: on the platform's KMS key, or on a new one of the tenant's own. @throws Failure
 * `conflict` for a key of the tenant's AWS account, which only its owner can make
 */
export async function makeVersion(
  service: KeyService,
  wanted: {
    readonly tenant: string;
    readonly name: string;
    readonly purpose: KeyPurpose;
    readonly origin: KeyOrigin;
    /** ARN of the platform's key that serves this named key. */
    readonly platformKey: string;
  },
  number: number,
): Promise<NewVersion> {
  const { tenant, name, purpose, origin, platformKey } = wanted;
  switch (origin) {
    case "platform":
      return { origin, kmsKey: platformKey };
    case "tenant": {
      const kmsKey = await service.create(purpose, `${tenant}/${name} version ${String(number)}`);
      return purpose === "signing" ? { origin, kmsKey, spki: await service.publicKey(kmsKey) } : { origin, kmsKey };
    }
    case "external":
      throw new Failure(
        "conflict",
        "The next version of this key lies in your AWS account: rotate it with the ARN of the next KMS key.",
      );
  }
}
