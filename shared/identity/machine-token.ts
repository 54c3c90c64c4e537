/** Machine tokens: what a tenant's automation proves itself with. A token is renewed by rotation; its secrets come and go. */
import * as z from "zod";
import { Failure } from "#shared/failure.ts";
import { newIdentifier, type Random } from "#shared/report/identifier.ts";
import { ScopeNames } from "./scope-names.ts";

const day = 86_400_000;
/** How long a rotated secret may go on beside the new one, in hours. */
const overlapHoursAtMost = 168;

export const NewMachineToken = z.strictObject({
  /** What people call it. */
  name: z.string().min(1).max(100),
  scopes: ScopeNames,
  /** Days that a secret of it is good for. */
  days: z.int().min(1).max(90).default(90),
});
export type NewMachineToken = z.infer<typeof NewMachineToken>;

/** `overlapHours`: how long the secret before stays good, so that every place where it is used can be told the new one. */
export const Rotation = z.strictObject({ overlapHours: z.int().min(0).max(overlapHoursAtMost).default(24) });
export type Rotation = z.infer<typeof Rotation>;

/** A secret of a token, by its digest. */
const SecretOfToken = z.object({ digest: z.string(), endsAt: z.iso.datetime() });

export const MachineToken = z.object({
  ...NewMachineToken.shape,
  /** An opaque name, which the audit log calls the token too. */
  id: z.string(),
  /** The opaque name of the member who made it. */
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  /** The newest first; at most two of them are good at a time. */
  secrets: z.array(SecretOfToken).min(1),
  revokedAt: z.iso.datetime().optional(),
  revision: z.int(),
});
export type MachineToken = z.infer<typeof MachineToken>;

export type MachineTokenState = "active" | "expired" | "revoked";

export function newMachineToken(
  given: NewMachineToken,
  by: { readonly member: string; readonly digest: string },
  now: Date,
  random: Random,
): MachineToken {
  const secrets = [{ digest: by.digest, endsAt: endOf(given, now) }];
  const createdAt = now.toISOString();
  return { ...given, id: newIdentifier(random), createdBy: by.member, createdAt, secrets, revision: 1 };
}

export const endsAt = ({ secrets }: MachineToken): string => secrets[0]?.endsAt ?? "";

export function machineTokenState(token: MachineToken, now: Date): MachineTokenState {
  if (token.revokedAt !== undefined) return "revoked";
  return endsAt(token) > now.toISOString() ? "active" : "expired";
}

/**
 * A token with a new secret. The one before ends when the overlap does, if it does not end sooner; one that was before that ends
 * now. @throws Failure `conflict` for a token that was revoked
 */
export function rotated(token: MachineToken, digest: string, { overlapHours }: Rotation, now: Date): MachineToken {
  if (token.revokedAt !== undefined)
    throw new Failure("conflict", "This token was revoked. Make a new one in its place.");
  const overlapEnd = now.getTime() + overlapHours * 3_600_000;
  const ending = token.secrets
    .slice(0, 1)
    .map((before) => ({ ...before, endsAt: instant(Math.min(Date.parse(before.endsAt), overlapEnd)) }));
  return { ...token, secrets: [{ digest, endsAt: endOf(token, now) }, ...ending], revision: token.revision + 1 };
}

export function revoked(token: MachineToken, now: Date): MachineToken {
  return { ...token, revokedAt: token.revokedAt ?? now.toISOString(), revision: token.revision + 1 };
}

const endOf = ({ days }: { readonly days: number }, now: Date): string => instant(now.getTime() + days * day);
const instant = (milliseconds: number): string => new Date(milliseconds).toISOString();
