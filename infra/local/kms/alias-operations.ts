import * as z from "zod";
import { KmsError } from "./errors.ts";
import { epochSeconds, type Key, requireNotPendingDeletion } from "./key.ts";
import type { Alias } from "./key-file.ts";
import { specOf } from "./key-spec.ts";
import type { KeyStore } from "./key-store.ts";
import { keyReference, operation, page, paging } from "./operation.ts";

const aliasName = z
  .string()
  .max(256)
  .regex(/^alias\/[a-zA-Z0-9/_-]+$/, "must be alias/ and letters, digits, / _ or -");
const aliasAndKey = z.strictObject({ AliasName: aliasName, TargetKeyId: keyReference });

/** Changeable names of keys. The right to change an alias is asked for on the key, or on both keys, that it concerns. */
export const aliasOperations = {
  CreateAlias: operation(aliasAndKey, async ({ AliasName, TargetKeyId }, request) => {
    const { store, now } = request;
    requireOwnName(AliasName);
    const key = store.byIdOrArn(TargetKeyId);
    await request.allow("CreateAlias", key);
    requireNotPendingDeletion(key);
    if (store.aliases.has(AliasName))
      throw new KmsError(
        "AlreadyExistsException",
        `An alias with the name ${store.aliasArn(AliasName)} already exists.`,
      );
    store.aliases.set(AliasName, { name: AliasName, keyId: key.id, createdAt: now(), updatedAt: now() });
    await store.save();
    return {};
  }),

  UpdateAlias: operation(aliasAndKey, async ({ AliasName, TargetKeyId }, request) => {
    const alias = existing(request.store, AliasName);
    const before = request.store.find(AliasName);
    const key = request.store.byIdOrArn(TargetKeyId);
    await request.allow("UpdateAlias", before);
    await request.allow("UpdateAlias", key);
    requireNotPendingDeletion(key);
    requireSameKind(before, key);
    alias.keyId = key.id;
    alias.updatedAt = request.now();
    await request.store.save();
    return {};
  }),

  DeleteAlias: operation(z.strictObject({ AliasName: aliasName }), async ({ AliasName }, request) => {
    existing(request.store, AliasName);
    await request.allow("DeleteAlias", request.store.find(AliasName));
    request.store.aliases.delete(AliasName);
    await request.store.save();
    return {};
  }),

  ListAliases: operation(
    z.strictObject({ KeyId: keyReference.optional(), ...paging(100) }),
    async ({ KeyId, ...from }, { store, allow }) => {
      const key = KeyId === undefined ? undefined : store.byIdOrArn(KeyId);
      await allow("ListAliases", key);
      const aliases = key ? store.aliasesOf(key) : [...store.aliases.values()].filter(({ keyId }) => store.byId(keyId));
      aliases.sort((a, b) => (a.name < b.name ? -1 : 1));
      const { items, rest } = page(aliases, (alias) => alias.name, from);
      return { Aliases: items.map((alias) => describe(store, alias)), ...rest };
    },
  ),
};

function existing(store: KeyStore, name: string): Alias {
  const alias = store.aliases.get(name);
  if (!alias) throw new KmsError("NotFoundException", `Alias ${store.aliasArn(name)} is not found.`);
  return alias;
}

function requireOwnName(name: string): void {
  if (name.startsWith("alias/aws/"))
    throw new KmsError("InvalidAliasNameException", "Names that begin with alias/aws/ are AWS's own: choose another.");
}

/** KMS keeps an alias on one kind of key, so that what uses the alias goes on working. */
function requireSameKind(before: Key, after: Key): void {
  if (specOf(before.spec).usage !== specOf(after.spec).usage)
    throw new KmsError(
      "ValidationException",
      `The alias belongs to a key for ${specOf(before.spec).usage}: choose such a key.`,
    );
}

function describe(store: KeyStore, { name, keyId, createdAt, updatedAt }: Alias) {
  return {
    AliasName: name,
    AliasArn: store.aliasArn(name),
    TargetKeyId: keyId,
    CreationDate: epochSeconds(createdAt),
    LastUpdatedDate: epochSeconds(updatedAt),
  };
}
