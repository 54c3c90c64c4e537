/** What may be done with a tenant that is suspended, or about to be deleted. */
import type { Permission } from "#shared/access/permissions.ts";
import { Failure } from "#shared/failure.ts";
import { readProfile } from "#shared/store/profiles.ts";
import type { TenantScope } from "#shared/store/tenant-scope.ts";
import type { Standing } from "#shared/tenant/standing.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";

/** How long a tenant may be taken for what it was. */
const age = 5_000;
const remembered = 1_000;

/** Reads how tenants stand; of one that has no profile, that it is deleted. */
export function standings(now: () => Date): (scope: TenantScope) => Promise<Standing> {
  const known = new Map<TenantId, { readonly at: number; readonly standing: Standing }>();
  return async (scope) => {
    const at = now().getTime();
    const entry = known.get(scope.tenant);
    if (entry && at - entry.at < age) return entry.standing;
    if (known.size >= remembered) known.clear();
    const profile = await readProfile(scope);
    const standing = profile?.standing ?? { state: "closed", since: now().toISOString() };
    known.set(scope.tenant, { at, standing });
    return standing;
  };
}

interface Asked {
  readonly method: string;
  readonly permission: Permission;
  readonly isOwner: boolean;
}

/**
 * Whoever owns a tenant can read all of it to the end, and take it along. Nothing is changed, and nobody else gets in.
 * @throws Failure `conflict` or `forbidden` while it is suspended, `gone` once its deletion has begun
 */
export function requireServed(standing: Standing, { method, permission, isOwner }: Asked): void {
  if (standing.state === "active") return;
  if (standing.state === "closed") throw new Failure("gone", "This tenant is deleted.");
  const takesAlong = method === "get" || permission === "export.run";
  if (isOwner && takesAlong) return;
  if (standing.state === "closing")
    throw new Failure(
      "gone",
      `This tenant is deleted on ${standing.until}. Until then its owners can read and export it; the operator of the service can take the deletion back.`,
    );
  if (isOwner)
    throw new Failure(
      "conflict",
      `This tenant is suspended: ${standing.reason} Until that ends it can be read and exported, and nothing in it changed.`,
    );
  throw new Failure("forbidden", "This tenant is suspended. Until that ends, its owners alone can read it.");
}
