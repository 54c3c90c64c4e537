/**
 * Trust rules: which tokens of a foreign OpenID provider are exchanged for one of Candor's own, so that a CI job needs no stored
 * secret (RFC 8693).
 */
import * as z from "zod";
import { Failure, type Fault } from "#shared/failure.ts";
import { newIdentifier, type Random } from "#shared/report/identifier.ts";
import { readClaimPattern } from "./claim-pattern.ts";
import { IssuerUrl } from "./issuer.ts";
import { ownersOf } from "./public-issuers.ts";
import { ScopeNames } from "./scope-names.ts";

/** A claim is what the rule says, letter by letter, or as a pattern says (`claim-pattern.ts`). */
const Wanted = z.union([z.string().min(1).max(500), z.strictObject({ pattern: z.string().min(1).max(500) })]);

const ClaimName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_./:-]{0,99}$/, "must be the name of a claim")
  .refine((name) => !["iss", "aud", "exp", "nbf", "iat", "jti"].includes(name), {
    error: "is judged for every token: issuer and audience have fields of their own",
  });

/** The longest life of an exchanged token, in seconds. */
const lifetimeAtMost = 900;

export const NewTrustRule = z.strictObject({
  /** What people call it. */
  name: z.string().min(1).max(100),
  issuer: IssuerUrl,
  /** Where the issuer's keys are; found by OpenID Connect Discovery where it is left out. */
  jwksUrl: z.url().max(500).optional(),
  /** What `aud` of a token must hold. */
  audience: z.string().min(1).max(300),
  claims: z.record(ClaimName, Wanted).refine((claims) => Object.keys(claims).length <= 20, "are at most 20"),
  scopes: ScopeNames,
  /** Seconds that a token lives which is given for this rule. */
  lifetime: z.int().min(60).max(lifetimeAtMost).default(600),
});
export type NewTrustRule = z.infer<typeof NewTrustRule>;

export const TrustRule = z.object({
  ...NewTrustRule.shape,
  id: z.string(),
  revision: z.int(),
  createdAt: z.iso.datetime(),
});
export type TrustRule = z.infer<typeof TrustRule>;

/** As many as a tenant may have. */
export const trustRulesAtMost = 50;

export function newTrustRule(given: NewTrustRule, now: Date, random: Random): TrustRule {
  requireNarrow(given);
  return { ...given, id: newIdentifier(random), revision: 1, createdAt: now.toISOString() };
}

/** A rule after a change of some of its fields. @throws Failure as for a new one */
export function changedTrustRule(rule: TrustRule, change: Partial<NewTrustRule>): TrustRule {
  const after = { ...rule, ...change, revision: rule.revision + 1 };
  requireNarrow(after);
  return after;
}

/**
 * Refuses a rule that lets in whom it does not name: open patterns, no claim at all, or, of an issuer that anybody may use,
 * none that says whose token it is. @throws Failure `invalid` with the reason
 */
function requireNarrow({ issuer, claims }: NewTrustRule): void {
  const faults = Object.entries(claims).flatMap(([name, wanted]) => patternFault(name, wanted));
  if (faults.length > 0) throw tooWide("A claim's pattern is not one.", faults);
  if (Object.keys(claims).length === 0)
    throw tooWide(
      "Without a claim this rule would take every token that the issuer gives anybody for this audience. Name at least one, such as sub.",
    );
  const owners = ownersOf(issuer);
  if (owners && !Object.entries(claims).some(([name, wanted]) => owners.names(name, beginningOf(wanted))))
    throw tooWide(owners.reason);
}

function patternFault(name: string, wanted: z.infer<typeof Wanted>): Fault[] {
  if (typeof wanted === "string") return [];
  try {
    readClaimPattern(wanted.pattern);
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [{ pointer: `/claims/${name.replaceAll("~", "~0").replaceAll("/", "~1")}/pattern`, detail: error.message }];
  }
}

/** What is certain of a claim that fits: its whole text, or how it begins. */
const beginningOf = (wanted: z.infer<typeof Wanted>) =>
  typeof wanted === "string"
    ? { text: wanted, whole: true }
    : { text: readClaimPattern(wanted.pattern).beginning, whole: false };

const tooWide = (message: string, faults: readonly Fault[] = [{ pointer: "/claims", detail: message }]): Failure =>
  new Failure("invalid", message, { faults });

/** What a verified token says. */
export interface Claims {
  readonly iss: string;
  readonly aud: string | readonly string[];
  readonly [claim: string]: unknown;
}

/** Whether a verified token fits a rule of its issuer. A claim that is a list or an object fits none. */
export function fits(rule: TrustRule, claims: Claims): boolean {
  return (
    claims.iss === rule.issuer &&
    [claims.aud].flat().includes(rule.audience) &&
    Object.entries(rule.claims).every(([name, wanted]) => fitsClaim(wanted, ownClaim(claims, name)))
  );
}

const ownClaim = (claims: Claims, name: string): unknown => (Object.hasOwn(claims, name) ? claims[name] : undefined);

function fitsClaim(wanted: z.infer<typeof Wanted>, stated: unknown): boolean {
  const text = typeof stated === "boolean" || typeof stated === "number" ? String(stated) : stated;
  if (typeof text !== "string") return false;
  return typeof wanted === "string" ? text === wanted : readClaimPattern(wanted.pattern).matches(text);
}

/** The rule by which a token gets these scopes, all of them; without any asked for, the first rule that it fits. */
export function ruleFor(rules: readonly TrustRule[], claims: Claims, scopes: readonly string[]): TrustRule | undefined {
  return rules.find((rule) => fits(rule, claims) && scopes.every((scope) => rule.scopes.includes(scope)));
}
