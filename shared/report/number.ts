import type { TenantId } from "#shared/tenant/tenant.ts";
import { base32, type Random } from "./identifier.ts";

/** A report's number, as people quote it: `<SLUG>-<YYYY>-<6 base32>`. Random, so that it counts nothing for a stranger. */
export function newReportNumber(tenant: TenantId, receivedAt: Date, random: Random): string {
  const tail = base32(random(4)).slice(0, 6);
  return `${tenant}-${String(receivedAt.getUTCFullYear())}-${tail}`.toUpperCase();
}
