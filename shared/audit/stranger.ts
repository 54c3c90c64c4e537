import { hash } from "node:crypto";
import { base32 } from "#shared/report/identifier.ts";

/**
 * What a tenant's log calls somebody who proved who they are and is nothing to this tenant. The same person has another name at
 * each tenant, and nobody reads who it is from the name; who already knows issuer and subject can see that it was them.
 */
export function strangerName(
  tenant: string,
  { issuer, subject }: { readonly issuer: string; readonly subject: string },
): string {
  const text = JSON.stringify(["candor-stranger/v1", tenant, issuer, subject]);
  return base32(hash("sha256", text, "buffer").subarray(0, 16));
}
