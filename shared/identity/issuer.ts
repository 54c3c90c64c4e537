import * as z from "zod";
import { newIdentifier, type Random } from "#shared/report/identifier.ts";

/**
 * The name of an OpenID provider: an https address without query and fragment (OpenID Connect Core 1.0 section 1.2). It is
 * compared with `iss` letter by letter, so it stays as it was written.
 */
export const IssuerUrl = z
  .string()
  .max(300)
  .refine((text) => URL.canParse(text), "must be an absolute URL")
  .refine((text) => !/[?#\s]/.test(text), "must have no query and no fragment");

export const NewIssuer = z.strictObject({
  issuer: IssuerUrl,
  /** What `aud` of its tokens must hold. */
  audience: z.string().min(1).max(300),
  /** Where its keys are; found by OpenID Connect Discovery where it is left out. */
  jwksUrl: z.url().max(500).optional(),
});
export type NewIssuer = z.infer<typeof NewIssuer>;

/** An OpenID provider that one tenant brought: its people count for that tenant, and for no other. */
export const Issuer = z.object({
  ...NewIssuer.shape,
  id: z.string(),
  createdAt: z.iso.datetime(),
});
export type Issuer = z.infer<typeof Issuer>;

/** As many as a tenant may bring. */
export const issuersAtMost = 5;

export function newIssuer(given: NewIssuer, now: Date, random: Random): Issuer {
  return { ...given, id: newIdentifier(random), createdAt: now.toISOString() };
}
