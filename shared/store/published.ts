/** Bodies that a tenant's host shows as they stand here: made and signed by `notary`, read by `trust-site`. */
import * as z from "zod";
import { partitions, sorts } from "./keys.ts";
import { GuardFailed, type Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

/** Under which a body is kept: its path below `/.well-known/`. */
export type PublishedName = "jwks.json" | "openpgp-key.asc" | "candor.pub" | "security.txt";

const PublishedBody = z.object({
  body: z.string(),
  /** What it was made from, where it has to be signed anew when that changes. */
  source: z.string().optional(),
  /** When it ends by its own word. */
  expiresAt: z.iso.datetime().optional(),
  /** Revision of the signing key that it was made with. */
  revision: z.int().min(1),
});
export type PublishedBody = z.infer<typeof PublishedBody>;

const key = (scope: TenantScope, name: PublishedName) => ({
  pk: partitions.published(scope.tenant),
  sk: sorts.publishedBody(name),
});

export async function readPublished(scope: TenantScope, name: PublishedName): Promise<PublishedBody | undefined> {
  const item = await scope.table.get(key(scope, name));
  return item && PublishedBody.parse(item);
}

/** Stores a body together with the event that tells of it, unless there is one that was made with a newer revision of the key. */
export async function publishBody(
  scope: TenantScope,
  name: PublishedName,
  body: PublishedBody,
  told: Write,
): Promise<void> {
  try {
    await scope.table.transact([
      { put: { ...key(scope, name), ...body }, guard: { below: { revision: body.revision + 1 } } },
      told,
    ]);
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
  }
}
