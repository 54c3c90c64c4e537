/** Machine tokens and their secrets. A secret is an item of its own under its digest, so that checking one is one look-up. */
import * as z from "zod";
import type { MachineSecret } from "#shared/identity/machine-secret.ts";
import { MachineToken } from "#shared/identity/machine-token.ts";
import { ScopeNames } from "#shared/identity/scope-names.ts";
import { keyAttributes, partitions, sorts } from "./keys.ts";
import { GuardFailed, type Item, type Table, type Write } from "./table.ts";
import type { TenantScope } from "./tenant-scope.ts";

const StoredSecret = z.object({
  /** The token's opaque name. */
  token: z.string(),
  scopes: ScopeNames,
  endsAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().optional(),
  /** The trust rule that it was given for: then it belongs to no listed token. */
  rule: z.string().optional(),
});
export type StoredSecret = z.infer<typeof StoredSecret>;

/** How long what ended is still shown and kept. */
const keptDays = 90;

const recordKey = ({ tenant }: TenantScope, id: string) => ({ pk: partitions.tokens(tenant), sk: sorts.token(id) });
const secretKey = (tenant: MachineSecret["tenant"], digest: string) => ({
  pk: partitions.tokens(tenant),
  sk: sorts.tokenSecret(digest),
});

/** What stands under a secret's digest; read before it is known who asks. */
export async function readMachineSecretItem(
  table: Table,
  { tenant, digest }: MachineSecret,
): Promise<StoredSecret | undefined> {
  const item = await table.get(secretKey(tenant, digest));
  return item && StoredSecret.parse(item);
}

/** A token as it is listed, and when it was last used, to some minutes. */
export interface ListedMachineToken {
  readonly token: MachineToken;
  readonly lastUsedAt?: string;
}

export async function readMachineToken(scope: TenantScope, id: string): Promise<ListedMachineToken | undefined> {
  const item = await scope.table.get(recordKey(scope, id));
  return item && toListed(item);
}

/** Tokens in the order of their ids. `after`: the last id of the page before. */
export async function listMachineTokens(
  scope: TenantScope,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly tokens: readonly ListedMachineToken[]; readonly next?: string }> {
  const { items, next } = await scope.table.list({
    partition: partitions.tokens(scope.tenant),
    prefix: sorts.token(),
    limit: page.limit,
    ...(page.after === undefined ? {} : { after: recordKey(scope, page.after) }),
  });
  const tokens = items.map(toListed);
  const last = tokens.at(-1);
  return { tokens, ...(next && last ? { next: last.token.id } : {}) };
}

/** The writes that make a token with its first secret. */
export function newMachineTokenWrites(scope: TenantScope, token: MachineToken): readonly Write[] {
  return [{ put: record(scope, token), guard: "absent" }, ...newSecrets(scope, token, [])];
}

/** The writes that change a token as it was read: its record, its new secrets, and the ends of those it had. */
export function changedMachineTokenWrites(
  scope: TenantScope,
  before: MachineToken,
  after: MachineToken,
): readonly Write[] {
  const kept = before.secrets.map(({ digest }): Write => {
    const ends = after.secrets.find((secret) => secret.digest === digest)?.endsAt ?? new Date(0).toISOString();
    const { revokedAt } = after;
    return {
      update: secretKey(scope.tenant, digest),
      set: { endsAt: ends, ...(revokedAt === undefined ? {} : { revokedAt }) },
      guard: "present",
    };
  });
  const { pk, sk, ...attributes } = record(scope, after);
  return [
    // Not put as a whole: when it was last used is written by others.
    { update: { pk, sk }, set: attributes, guard: { equals: { revision: before.revision } } },
    ...kept,
    ...newSecrets(scope, after, before.secrets),
  ];
}

/** The write that makes a secret for a trust rule: it belongs to no token that is listed, and goes when it ends. */
export function newExchangedSecret(scope: TenantScope, digest: string, secret: StoredSecret): Write {
  return {
    put: { ...secretKey(scope.tenant, digest), ...secret, [keyAttributes.expiry]: expiryOf(secret.endsAt, 1) },
    guard: "absent",
  };
}

/** Notes that a token was used, unless that was noted since `since`. */
export async function noteMachineTokenUse(scope: TenantScope, id: string, at: Date, since: Date): Promise<void> {
  try {
    await scope.table.write({
      update: recordKey(scope, id),
      set: { usedAt: at.getTime() },
      guard: { below: { usedAt: since.getTime() } },
    });
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
  }
}

const record = (scope: TenantScope, token: MachineToken) => ({
  ...recordKey(scope, token.id),
  ...token,
  [keyAttributes.expiry]: expiryOf(token.secrets[0]?.endsAt ?? token.createdAt, keptDays),
});

function newSecrets(scope: TenantScope, token: MachineToken, known: MachineToken["secrets"]): Write[] {
  return token.secrets
    .filter(({ digest }) => !known.some((secret) => secret.digest === digest))
    .map(({ digest, endsAt }) => ({
      put: {
        ...secretKey(scope.tenant, digest),
        ...{ token: token.id, scopes: token.scopes, endsAt },
        [keyAttributes.expiry]: expiryOf(endsAt, keptDays),
      },
      guard: "absent",
    }));
}

const expiryOf = (endsAt: string, days: number): number => Math.floor(Date.parse(endsAt) / 1000) + days * 86_400;

function toListed(item: Item): ListedMachineToken {
  const usedAt = item["usedAt"];
  const token = MachineToken.parse(item);
  return typeof usedAt === "number" ? { token, lastUsedAt: new Date(usedAt).toISOString() } : { token };
}
