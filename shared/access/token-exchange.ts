/** Whether a token of a foreign OpenID provider may be exchanged for a machine token (RFC 8693). */
import { createHash } from "node:crypto";
import { Failure } from "#shared/failure.ts";
import { ruleFor, type TrustRule } from "#shared/identity/trust-rule.ts";
import { markExchanged } from "#shared/store/exchanged-tokens.ts";
import type { Table } from "#shared/store/table.ts";
import { readTrustRules } from "#shared/store/trust-rules.ts";
import type { TenantId } from "#shared/tenant/tenant.ts";
import type { KeysOf } from "./issuer-keys.ts";
import type { Permission } from "./permissions.ts";
import { type Claims, KeysUnavailable, readToken, statedIssuer } from "./signed-token.ts";

export interface ExchangePorts {
  readonly table: Table;
  readonly keysOf: KeysOf;
  readonly now: () => Date;
}

export interface ExchangeRequest {
  readonly tenant: TenantId;
  readonly token: string;
  /** Scopes that are asked for; none for all that the rule gives. */
  readonly scopes: readonly Permission[];
}

/** The rule that a token fits, and whether this is the first time that the token is exchanged. */
export interface FittingRule {
  readonly rule: TrustRule;
  readonly isFirst: boolean;
}

/**
 * The rule of the tenant by which a token is exchanged; `undefined` for a token that is not good or that no rule takes, and for
 * a tenant that never was, after the same look-ups. The token is marked as used before anything is given for it.
 * @throws Failure `unavailable` where the issuer's keys can't be had, or where nobody can tell whether it was used before
 */
export async function fittingRule(ports: ExchangePorts, request: ExchangeRequest): Promise<FittingRule | undefined> {
  const issuer = statedIssuer(request.token);
  const rules = await readTrustRules(ports.table, request.tenant);
  const sources = new Map(
    rules
      .filter((rule) => rule.issuer === issuer)
      .map(({ issuer, jwksUrl }) => [jwksUrl, { issuer, jwksUrl }] as const),
  );
  for (const source of sources.values()) {
    const wanted = rules.filter((rule) => rule.issuer === source.issuer && rule.jwksUrl === source.jwksUrl);
    const audiences = wanted.map(({ audience }) => audience);
    const claims = await readClaims(ports, request.token, { ...source, audiences });
    const rule = claims && ruleFor(wanted, claims, request.scopes);
    if (rule) return { rule, isFirst: await mark(ports, request.token, rule, claims) };
  }
  return undefined;
}

async function readClaims(
  { keysOf, now }: ExchangePorts,
  token: string,
  source: { readonly issuer: string; readonly jwksUrl: string | undefined; readonly audiences: readonly string[] },
): Promise<Claims | undefined> {
  try {
    return await readToken(token, { ...source, findKey: keysOf(source) }, now());
  } catch (error) {
    if (!(error instanceof KeysUnavailable)) throw error;
    throw new Failure("unavailable", "The keys of the token's issuer can't be fetched now. Try again shortly.", {
      cause: error,
    });
  }
}

/**
 * A token is told from others by its `jti`, or by what its issuer signed where it has none. The signature is no part of that: of
 * one ECDSA signature anybody can make a second that is as good.
 */
async function mark({ table }: ExchangePorts, token: string, rule: TrustRule, claims: Claims): Promise<boolean> {
  const { jti, exp } = claims;
  const signed = token.slice(0, token.lastIndexOf("."));
  const use = typeof jti === "string" && jti !== "" ? ["jti", jti] : ["signed", signed];
  try {
    // Keys that a tenant names itself could sign another issuer's identifiers away, so they are part of the name.
    return await markExchanged(table, {
      issuerDigest: digest([rule.issuer, rule.jwksUrl ?? ""]),
      tokenDigest: digest(use),
      exp,
    });
  } catch (error) {
    throw new Failure("unavailable", "It can't be told now whether this token was used before. Try again shortly.", {
      cause: error,
    });
  }
}

const digest = (parts: readonly string[]): string => createHash("sha256").update(JSON.stringify(parts)).digest("hex");
