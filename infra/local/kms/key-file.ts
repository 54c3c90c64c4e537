import { readFile } from "node:fs/promises";
import * as z from "zod";
import { StartFailure } from "#infra/local/start-failure.ts";
import type { Key, Material } from "./key.ts";
import { type KeySpec, keySpecNames, specOf } from "./key-spec.ts";

export interface Alias {
  readonly name: string;
  readonly createdAt: Date;
  keyId: string;
  updatedAt: Date;
}

export interface KeyFile {
  readonly keys: Key[];
  readonly aliases: Alias[];
}

type ArnOf = (id: string, account?: string) => string;

const instant = z.iso.datetime().transform((text) => new Date(text));
const storedMaterial = z.strictObject({ createdAt: instant, secret: z.base64().min(1) });
const storedKey = z.strictObject({
  id: z.uuid(),
  /** Whose key it is, where it is not this account's. */
  account: z.string().exactOptional(),
  spec: z.enum(keySpecNames),
  description: z.string(),
  createdAt: instant,
  enabled: z.boolean(),
  deletionDate: instant.optional(),
  tags: z.array(z.tuple([z.string(), z.string()])),
  materials: z.tuple([storedMaterial], storedMaterial),
});
const storedAlias = z.strictObject({ name: z.string(), keyId: z.uuid(), createdAt: instant, updatedAt: instant });
const storedFile = z.strictObject({ version: z.literal(1), keys: z.array(storedKey), aliases: z.array(storedAlias) });

/**
 * What a key file holds; nothing when there is no such file.
 * @throws StartFailure with what to do when the file is damaged. The file is left as it is.
 */
export async function readKeyFile(file: string, arnOf: ArnOf): Promise<KeyFile> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return { keys: [], aliases: [] };
  try {
    const { keys, aliases } = storedFile.parse(JSON.parse(text));
    return { keys: keys.map((key) => loadKey(key, arnOf)), aliases };
  } catch {
    // The cause is left out on purpose: a parser's message can quote the keys.
    throw new StartFailure(
      `The key file ${file} is damaged. Put a copy of it in its place, or start with an empty home folder: ` +
        "without its keys, what they sealed stays closed. Nothing was changed.",
    );
  }
}

function loadKey(
  { id, account, spec, materials, tags, deletionDate, ...rest }: z.output<typeof storedKey>,
  arnOf: ArnOf,
): Key {
  const [first, ...later] = materials;
  const load = (stored: z.output<typeof storedMaterial>) => loadMaterial(spec, stored);
  return {
    ...rest,
    id,
    spec,
    arn: arnOf(id, account),
    deletionDate,
    tags: new Map(tags),
    materials: [load(first), ...later.map(load)],
  };
}

function loadMaterial(spec: KeySpec, { createdAt, secret }: z.output<typeof storedMaterial>): Material {
  return { createdAt, key: specOf(spec).load(Buffer.from(secret, "base64")) };
}

/** The content of a key file. */
export function keyFileText({ keys, aliases }: KeyFile): string {
  const stored: z.input<typeof storedFile> = {
    version: 1,
    keys: keys.map(storeKey),
    aliases: aliases.map(({ name, keyId, createdAt, updatedAt }) => ({
      name,
      keyId,
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    })),
  };
  return `${JSON.stringify(stored)}\n`;
}

function storeKey(key: Key): z.input<typeof storedKey> {
  const [first, ...later] = key.materials;
  return {
    id: key.id,
    account: key.arn.split(":")[4] ?? "",
    spec: key.spec,
    description: key.description,
    createdAt: key.createdAt.toISOString(),
    enabled: key.enabled,
    ...(key.deletionDate ? { deletionDate: key.deletionDate.toISOString() } : {}),
    tags: [...key.tags],
    materials: [storeMaterial(first), ...later.map(storeMaterial)],
  };
}

function storeMaterial({ key, createdAt }: Material): z.input<typeof storedMaterial> {
  const secret = key.type === "secret" ? key.export() : key.export({ type: "pkcs8", format: "der" });
  return { createdAt: createdAt.toISOString(), secret: secret.toString("base64") };
}
