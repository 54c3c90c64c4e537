import { KmsError } from "./errors.ts";
import type { Key } from "./key.ts";
import { type Alias, keyFileText, readKeyFile } from "./key-file.ts";
import { writeAtomically } from "./write-atomically.ts";

export interface KeyStoreOptions {
  readonly file: string;
  readonly account: string;
  readonly region: string;
  readonly now: () => Date;
}

export type KeyStore = Awaited<ReturnType<typeof openKeyStore>>;

/**
 * All keys, in memory and in one file. Operations change keys and aliases in place and answer only after `save`.
 * A key whose deletion is due is not found any more; its material leaves the file with the next save, at the latest when the
 * store is opened again.
 */
export async function openKeyStore({ file, account, region, now }: KeyStoreOptions) {
  const prefix = `arn:aws:kms:${region}:${account}:`;
  const arnOf = (id: string, owner = account) => `arn:aws:kms:${region}:${owner}:key/${id}`;
  const isForeign = ({ arn }: Key) => !arn.startsWith(prefix);
  const stored = await readKeyFile(file, arnOf);
  const keys = new Map(stored.keys.map((key) => [key.id, key]));
  const aliases = new Map(stored.aliases.map((alias) => [alias.name, alias]));
  const save = savingOneAtATime(async () => {
    forgetDeletedKeys();
    await writeAtomically(file, keyFileText({ keys: [...keys.values()], aliases: [...aliases.values()] }));
  });

  function exists(key: Key): boolean {
    return key.deletionDate === undefined || now() < key.deletionDate;
  }

  function forgetDeletedKeys(): void {
    for (const key of keys.values()) {
      if (exists(key)) continue;
      keys.delete(key.id);
      for (const alias of aliasesOf(key)) aliases.delete(alias.name);
    }
  }

  function aliasesOf(key: Key): Alias[] {
    return [...aliases.values()].filter((alias) => alias.keyId === key.id);
  }

  /** The key with this id, if it exists. */
  function byId(id: string): Key | undefined {
    const key = keys.get(id);
    return key && exists(key) ? key : undefined;
  }

  /** The key that an id or a key ARN names. @throws KmsError NotFoundException, also for aliases, as KMS does where it takes none */
  function byIdOrArn(reference: string): Key {
    const key = byId(reference.startsWith("arn:") ? reference.slice(reference.lastIndexOf("/") + 1) : reference);
    // A key of another account is known by its ARN alone.
    if (key && (reference === key.arn || (reference === key.id && !isForeign(key)))) return key;
    const what = /^(arn:.*:)?alias\//.test(reference)
      ? `Invalid keyId ${reference}: this operation takes no alias`
      : absent(reference);
    throw new KmsError("NotFoundException", `${what}.`);
  }

  /** The key that an id, an ARN, an alias or an alias ARN names. @throws KmsError NotFoundException */
  function find(reference: string): Key {
    const name = reference.startsWith(`${prefix}alias/`) ? reference.slice(prefix.length) : reference;
    if (!name.startsWith("alias/")) return byIdOrArn(reference);
    const alias = aliases.get(name);
    const key = alias && byId(alias.keyId);
    if (!key) throw new KmsError("NotFoundException", `Alias ${prefix}${name} is not found.`);
    return key;
  }

  const absent = (reference: string) =>
    reference.startsWith("arn:") ? `Key '${reference}' does not exist` : `Key '${arnOf(reference)}' does not exist`;

  forgetDeletedKeys();
  if (keys.size < stored.keys.length) await save();

  return {
    aliases,
    aliasArn: (name: string) => `${prefix}${name}`,
    aliasesOf,
    arnOf,
    byId,
    byIdOrArn,
    find,
    isForeign,
    /** Every key of the account that exists, by id. */
    all: (): Key[] =>
      [...keys.values()].filter((key) => exists(key) && !isForeign(key)).sort((a, b) => (a.id < b.id ? -1 : 1)),
    add: (key: Key): void => void keys.set(key.id, key),
    save,
  };
}

/** Calls that come while a write runs share the next one, so each returns after a write that began after it was called. */
function savingOneAtATime(write: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  return function save(): Promise<void> {
    if (!running) {
      running = write().finally(() => {
        running = undefined;
      });
      return running;
    }
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return save();
      });
    return next;
  };
}
