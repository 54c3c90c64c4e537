import { createHash } from "node:crypto";
import type { TenantId } from "#shared/tenant/tenant.ts";
import { newIdentifier, type Random } from "./identifier.ts";

/** `r+<token>`: 128 random bits in lower-case base32, 28 octets of the 64 that a local part may have (RFC 5321 section 4.5.3.1.1). */
const form = /^r\+([a-z2-7]{26})$/;
/** What was meant as a reply address, even where it was damaged on the way. */
const likeness = /^r\+/;

/** An address by which an answer comes back to its report. The table keeps only the token's digest. */
export function newReplyAddress(
  tenant: TenantId,
  mailDomain: string,
  random: Random,
): { address: string; digest: string } {
  const token = newIdentifier(random);
  return { address: `r+${token}@${tenant}.${mailDomain}`, digest: digestOf(token) };
}

/** Reads the reply tokens from envelope recipients: their digests, and whether any recipient was meant as one. */
export function readReplyTokens(recipients: readonly string[]): { digests: string[]; given: boolean } {
  const locals = recipients.map((recipient) => recipient.slice(0, recipient.lastIndexOf("@")).toLowerCase());
  const tokens = locals.flatMap((local) => form.exec(local)?.[1] ?? []);
  return { digests: tokens.map(digestOf), given: locals.some((local) => likeness.test(local)) };
}

const digestOf = (token: string): string => createHash("sha256").update(token).digest("hex");
