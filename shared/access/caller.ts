/** Who is asking: a person whom an OpenID provider names, or a machine by a token of its tenant. */
import { Failure } from "#shared/failure.ts";
import { isMachineSecret, readMachineSecret } from "#shared/identity/machine-secret.ts";
import { readIssuer } from "#shared/store/issuers.ts";
import { readMachineSecretItem } from "#shared/store/machine-tokens.ts";
import type { Subject } from "#shared/store/members.ts";
import type { Table } from "#shared/store/table.ts";
import { TenantId } from "#shared/tenant/tenant.ts";
import { refusal } from "./credential.ts";
import type { KeySource, KeysOf } from "./issuer-keys.ts";
import type { Permission } from "./permissions.ts";
import { permissionsOfScopes } from "./scopes.ts";
import { isIdToken, KeysUnavailable, readToken, statedIssuer } from "./signed-token.ts";

interface Person extends Subject {
  readonly kind: "person";
}

export interface Machine {
  readonly kind: "machine";
  /** The tenant that it belongs to. */
  readonly tenant: TenantId;
  /** Its opaque name. */
  readonly token: string;
  readonly scopes: ReadonlySet<Permission>;
  readonly endsAt: string;
  /** The trust rule that its token was given for, if it was exchanged. */
  readonly rule?: string | undefined;
}

export type Caller = Person | Machine;

/** The provider whose people count everywhere, and what its tokens must be for. */
export interface TokenRules extends KeySource {
  readonly audience: string;
}

export interface CallerPorts {
  readonly table: Table;
  readonly tokens: TokenRules;
  readonly keysOf: KeysOf;
  readonly now: () => Date;
}

/**
 * Tells who asks. `tenant` is what the request names as its tenant: a provider that this tenant brought counts too. Whatever is
 * wrong, and whether or not there is such a tenant, the answer is one and the same, after the same look-ups.
 * @throws Failure `unauthenticated`; `unavailable` where the keys of a provider can't be had
 */
export async function identify(ports: CallerPorts, credential: string, tenant: string | undefined): Promise<Caller> {
  const caller = isMachineSecret(credential)
    ? await machineBy(ports, credential)
    : await personBy(ports, credential, tenant);
  if (!caller) throw refusal();
  return caller;
}

async function machineBy({ table, now }: CallerPorts, credential: string): Promise<Machine | undefined> {
  const secret = readMachineSecret(credential);
  const stored = secret && (await readMachineSecretItem(table, secret));
  if (!stored || stored.revokedAt !== undefined || stored.endsAt <= now().toISOString()) return undefined;
  const { token, endsAt, rule } = stored;
  return { kind: "machine", tenant: secret.tenant, token, scopes: permissionsOfScopes(stored.scopes), endsAt, rule };
}

async function personBy(
  { table, tokens, keysOf, now }: CallerPorts,
  token: string,
  tenant: string | undefined,
): Promise<Person | undefined> {
  const issuer = statedIssuer(token);
  if (issuer === undefined) return undefined;
  const rules = issuer === tokens.issuer ? tokens : await issuerOfTenant(table, tenant, issuer);
  if (!rules) return undefined;
  try {
    const claims = await readToken(token, { issuer, audiences: [rules.audience], findKey: keysOf(rules) }, now());
    return claims && !isIdToken(claims) ? { kind: "person", issuer, subject: claims.sub } : undefined;
  } catch (error) {
    if (!(error instanceof KeysUnavailable)) throw error;
    throw new Failure("unavailable", "The OpenID provider's keys can't be fetched now. Try again shortly.", {
      cause: error,
    });
  }
}

async function issuerOfTenant(
  table: Table,
  tenant: string | undefined,
  issuer: string,
): Promise<TokenRules | undefined> {
  const id = TenantId.safeParse(tenant);
  return id.success ? readIssuer(table, id.data, issuer) : undefined;
}
